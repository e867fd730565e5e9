/**
 * The cases that the kernels of attention are tested on.
 *
 * @module
 */

/** One run of attention. */
export interface AttentionCase {
  /** Tokens of every sequence. */
  lengths: readonly number[];
  C: number;
  H: number;
  /** Makes the values of row and column; normal ones by default. */
  values?: (row: number, column: number) => number;
  /** Runs the op twice over the same input, so that gradients add up. */
  twice?: boolean;
  /** Takes the input from a window of a slab. */
  parameter?: boolean;
  dropout?: number;
  window?: number;
  causal?: boolean;
  /** Buckets of the biases, and from which distance on all are in one. */
  bias?: { buckets: number; reach: number };
}

/** With D = 16, every score is 80 or -80. */
const extreme = (row: number, column: number) =>
  Math.fround(Math.sqrt(20)) *
  (column < 32 && (row * 7 + Math.floor(column / 16)) % 3 === 0 ? -1 : 1);

/** Every edge of tiles, widths, windows and biases. */
export const CASES: readonly AttentionCase[] = [
  { lengths: [1], C: 4, H: 1 },
  { lengths: [1, 1, 2], C: 8, H: 2 },
  { lengths: [7, 8, 9], C: 24, H: 2 },
  { lengths: [15, 16, 17], C: 32, H: 2 },
  { lengths: [31, 32, 33], C: 16, H: 2 },
  { lengths: [63, 64, 65, 1], C: 16, H: 1 },
  { lengths: [1, 512, 3], C: 16, H: 1 },
  { lengths: [5, 34], C: 64, H: 1 },
  { lengths: [18, 3], C: 136, H: 2 },
  { lengths: [18, 3], C: 96, H: 1 },
  { lengths: [5, 33], C: 128, H: 1 },
  { lengths: [19, 2], C: 16, H: 2, twice: true },
  { lengths: [19, 2], C: 16, H: 2, parameter: true },
  { lengths: [9, 70], C: 16, H: 1, values: extreme },
  { lengths: [20], C: 16, H: 2, values: () => 0.5 },
  { lengths: [20, 66], C: 16, H: 2, dropout: 0.25 },
  { lengths: [1, 9, 66], C: 16, H: 2, window: 0 },
  { lengths: [40, 3], C: 16, H: 2, window: 1, twice: true },
  { lengths: [130, 7, 64], C: 16, H: 2, window: 8 },
  { lengths: [1, 200, 33], C: 68, H: 1, window: 64 },
  { lengths: [200], C: 16, H: 2, window: 31, dropout: 0.25 },
  { lengths: [5, 9], C: 16, H: 2, window: 2 ** 31 - 1 },
  { lengths: [1], C: 8, H: 1, bias: { buckets: 4, reach: 1 } },
  { lengths: [7, 8, 9, 40], C: 16, H: 2, bias: { buckets: 32, reach: 20 }, twice: true },
  { lengths: [66, 2], C: 24, H: 3, bias: { buckets: 8, reach: 5 }, parameter: true },
  { lengths: [150, 33], C: 68, H: 1, bias: { buckets: 32, reach: 128 } },
  { lengths: [100, 3], C: 16, H: 2, bias: { buckets: 12, reach: 30 }, window: 9, dropout: 0.25 },
  { lengths: [1, 1], C: 4, H: 1, causal: true },
  { lengths: [7, 8, 9, 31, 32, 33], C: 24, H: 2, causal: true },
  { lengths: [3, 300, 65], C: 68, H: 1, causal: true, twice: true },
  { lengths: [20, 66], C: 16, H: 2, causal: true, dropout: 0.25 },
  { lengths: [130, 7], C: 16, H: 2, causal: true, window: 8 },
  {
    lengths: [100, 3],
    C: 16,
    H: 2,
    causal: true,
    bias: { buckets: 12, reach: 30 },
    parameter: true,
  },
];
