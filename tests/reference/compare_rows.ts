/**
 * Similarities and distances of rows in pairs in float64, forward and backward.
 *
 * @module
 */

/** Operands of {@linkcode compareRows}: A rows of `a`, a multiple of them in `b`. */
export interface CompareRowsInput {
  a: Float64Array;
  b: Float64Array;
  C: number;
  measure: string;
  /** The least length, or what is added to every difference. */
  epsilon: number;
  factor?: number;
  shift?: number;
}

/** shift + factor m(a[r % A], b[r]) for every row of `b`. */
export function compareRows(input: CompareRowsInput): Float64Array {
  const { b, C, measure, epsilon, factor = 1, shift = 0 } = input;
  return Float64Array.from({ length: b.length / C }, (_, r) => {
    const { x, y } = pair(input, r);
    const distance = x.map((value, c) => value - y[c] + epsilon);
    const other = measure === "angle" ? turned(y) : y;
    const product = sum(x.map((value, c) => value * other[c]));
    const cosine = product / clamped(x, epsilon) / clamped(y, epsilon);
    const value = measure === "dot"
      ? product
      : measure === "cosine"
      ? cosine
      : measure === "angle"
      ? Math.abs(cosine)
      : measure === "euclidean"
      ? Math.sqrt(sum(distance.map((d) => d * d)))
      : sum(distance.map(Math.abs));
    return shift + factor * value;
  });
}

/** Gradients of both operands for the gradient `dY` of the values. */
export function compareRowsBackward(
  input: CompareRowsInput,
  dY: ArrayLike<number>,
): { dA: Float64Array; dB: Float64Array } {
  const { a, b, C, measure, epsilon, factor = 1 } = input;
  const [dA, dB] = [new Float64Array(a.length), new Float64Array(b.length)];
  for (let r = 0; r < b.length / C; r++) {
    const { x, y } = pair(input, r);
    const { dx, dy } = measure === "euclidean" || measure === "manhattan"
      ? distanceGradient(x, y, measure, epsilon)
      : productGradient(x, y, measure, epsilon);
    const start = r * C % a.length;
    for (let c = 0; c < C; c++) {
      dA[start + c] += factor * dY[r] * dx[c];
      dB[r * C + c] += factor * dY[r] * dy[c];
    }
  }
  return { dA, dB };
}

function distanceGradient(x: Float64Array, y: Float64Array, measure: string, epsilon: number) {
  const d = x.map((value, c) => value - y[c] + epsilon);
  const length = Math.sqrt(sum(d.map((value) => value * value)));
  const dx = d.map((value) =>
    measure === "manhattan" ? Math.sign(value) : length === 0 ? 0 : value / length
  );
  return { dx, dy: dx.map((value) => -value) };
}

function productGradient(x: Float64Array, y: Float64Array, measure: string, epsilon: number) {
  if (measure === "dot") return { dx: y, dy: x };
  const [u, v] = measure === "angle" ? [turned(y), turnedBack(x)] : [y, x];
  const [p, q] = [clamped(x, epsilon), clamped(y, epsilon)];
  const cosine = sum(x.map((value, c) => value * u[c])) / (p * q);
  const direction = measure === "angle" ? Math.sign(cosine) : 1;
  const own = (z: Float64Array, length: number) =>
    Math.sqrt(sum(z.map((value) => value * value))) > epsilon ? cosine / length ** 2 : 0;
  return {
    dx: u.map((value, c) => direction * (value / (p * q) - own(x, p) * x[c])),
    dy: v.map((value, c) => direction * (value / (p * q) - own(y, q) * y[c])),
  };
}

function pair({ a, b, C }: CompareRowsInput, r: number): { x: Float64Array; y: Float64Array } {
  const start = r * C % a.length;
  return { x: a.slice(start, start + C), y: b.slice(r * C, (r + 1) * C) };
}

/** (c, d) to (c - d, c + d). */
function turned(y: Float64Array): Float64Array {
  const half = y.length / 2;
  return y.map((value, c) => c < half ? value - y[c + half] : y[c - half] + value);
}

/** (a, b) to (a + b, b - a). */
function turnedBack(x: Float64Array): Float64Array {
  const half = x.length / 2;
  return x.map((value, c) => c < half ? value + x[c + half] : value - x[c - half]);
}

function clamped(x: Float64Array, least: number): number {
  return Math.max(Math.sqrt(sum(x.map((value) => value * value))), least);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
