/**
 * Correlation of two series of numbers.
 *
 * @module
 */

/**
 * Pearson's r: the covariance of x and y over the product of their standard deviations.
 *
 * @param x any numbers
 * @param y as many numbers
 * @returns from -1 to 1; NaN for fewer than two values, a constant series or a NaN in either
 * @throws {RangeError} where the lengths differ
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) {
    throw new RangeError(
      `Cannot correlate series: found ${x.length} and ${y.length} values, wanted equally many`,
    );
  }
  if (isConstant(x) || isConstant(y)) return NaN;
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Two roots rather than one of a product, which could overflow or vanish.
  const r = xy / Math.sqrt(xx) / Math.sqrt(yy);
  return Math.min(1, Math.max(-1, r));
}

/**
 * Spearman's ρ: Pearson's r of the ranks, equal values sharing the mean of their ranks.
 *
 * @param x any numbers
 * @param y as many numbers
 * @returns from -1 to 1; NaN for fewer than two values, a constant series or a NaN in either
 * @throws {RangeError} where the lengths differ
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(averageRanks(x), averageRanks(y));
}

/**
 * The rank of each value, 1 for the smallest, equal values sharing the mean of their ranks. All
 * ranks are NaN where a value is.
 *
 * @param values any numbers
 */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length);
  const order = Array.from(values, (_, i) => i);
  if (order.some((i) => Number.isNaN(values[i]))) return ranks.fill(NaN);
  order.sort((i, j) => values[i] < values[j] ? -1 : values[i] > values[j] ? 1 : 0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

// Rounding leaves a constant series a tiny variance, so that it must be recognised before.
function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
