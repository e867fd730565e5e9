/**
 * How often numbers of which size occur.
 *
 * @module
 */

/** A histogram, as TensorBoard keeps one. */
export interface Histogram {
  /** The least value; `Infinity` where there is none. */
  readonly min: number;
  /** The greatest value; `-Infinity` where there is none. */
  readonly max: number;
  /** How many values there are, without those that are not finite. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The sum of their squares. */
  readonly sumOfSquares: number;
  /** Upper ends of the buckets, rising; each begins at the end of the one before. */
  readonly limits: readonly number[];
  /** How many values each bucket has. */
  readonly counts: readonly number[];
}

/** Sign, exponent and the first two bits of the fraction of a 32-bit float: a quarter of a power of two. */
const DROPPED_BITS = 21;

/**
 * Counts numbers by size, four buckets to each power of two on either side of zero.
 *
 * @param values the numbers; what is not finite is not counted
 * @returns the histogram; empty buckets only where they part others
 */
export function histogramOf(values: Float32Array): Histogram {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const buckets = new Uint32Array(2 ** (32 - DROPPED_BITS));
  let [min, max, count, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value !== 0) continue;
    buckets[bits[i] >>> DROPPED_BITS]++;
    if (value < min) min = value;
    if (value > max) max = value;
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  return { min, max, count, sum, sumOfSquares, ...filled(buckets) };
}

/** The buckets that are not empty, from the least to the greatest value. */
function filled(buckets: Uint32Array): Pick<Histogram, "limits" | "counts"> {
  const half = buckets.length / 2;
  const limits: number[] = [];
  const counts: number[] = [];
  for (let place = 0; place < buckets.length; place++) {
    // Bit patterns of negative numbers come after the positive ones, and run the other way.
    const isNegative = place < half;
    const bucket = isNegative ? buckets.length - 1 - place : place - half;
    if (buckets[bucket] === 0) continue;
    const size = bucket % half;
    const [low, high] = isNegative ? [-edge(size + 1), -edge(size)] : [edge(size), edge(size + 1)];
    // The sign of zero does not count.
    if (limits.length === 0 || limits.at(-1)! < low) {
      limits.push(low);
      counts.push(0);
    }
    limits.push(high);
    counts.push(buckets[bucket]);
  }
  return { limits, counts };
}

/** The size at which a bucket begins. */
function edge(bucket: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bucket << DROPPED_BITS);
  return view.getFloat32(0);
}
