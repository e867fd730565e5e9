/**
 * Features of pairs in float64, forward and backward.
 *
 * @module
 */

/** Which parts, of pairs with vectors of C columns. */
export interface PairParts {
  C: number;
  both: boolean;
  difference: boolean;
  product: boolean;
}

/** The parts of one pair of numbers, and their slopes with respect to each of the two. */
function partsOf(u: number, v: number, { both, difference, product }: PairParts) {
  const sign = Math.sign(u - v);
  return [
    ...(both ? [[u, 1, 0], [v, 0, 1]] : []),
    ...(difference ? [[Math.abs(u - v), sign, -sign]] : []),
    ...(product ? [[u * v, v, u]] : []),
  ];
}

/** [u, v, |u - v|, u * v] side by side, where u is the first half of the rows of x and v the other. */
export function pairFeatures(x: Float64Array, parts: PairParts): Float64Array {
  const { C } = parts;
  const half = x.length / 2;
  const P = partsOf(0, 0, parts).length;
  const y = new Float64Array(half * P);
  for (let i = 0; i < half; i++) {
    const [row, c] = [Math.floor(i / C), i % C];
    partsOf(x[i], x[half + i], parts).forEach(([value], p) => y[(row * P + p) * C + c] = value);
  }
  return y;
}

/** The gradient of x. */
export function pairFeaturesBackward(
  x: Float64Array,
  dY: Float64Array,
  parts: PairParts,
): Float64Array {
  const { C } = parts;
  const half = x.length / 2;
  const P = partsOf(0, 0, parts).length;
  const dX = new Float64Array(x.length);
  for (let i = 0; i < half; i++) {
    const [row, c] = [Math.floor(i / C), i % C];
    partsOf(x[i], x[half + i], parts).forEach(([, toU, toV], p) => {
      const g = dY[(row * P + p) * C + c];
      dX[i] += toU * g;
      dX[half + i] += toV * g;
    });
  }
  return dX;
}
