/**
 * The product of two matrices that all engines compute, C = A B; of 1024 x 1024 numbers unless they are told
 * otherwise.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";

/** Rows and columns of each matrix. */
export const EDGE = 1024;

/** Extents of a product: C is [m, n], its sums have k terms. */
export interface ProductShape {
  /** Rows of A. */
  readonly m: number;
  /** Columns of B. */
  readonly n: number;
  /** Columns of A, rows of B. */
  readonly k: number;
}

const SQUARE: ProductShape = { m: EDGE, n: EDGE, k: EDGE };

/**
 * Reads `4096x3072x768`.
 *
 * @param text m, n and k.
 * @returns The extents; null if they are none.
 */
export function parseShape(text: string): ProductShape | null {
  const [, m, n, k] = /^([1-9]\d*)x([1-9]\d*)x([1-9]\d*)$/.exec(text)?.map(Number) ?? [];
  return m === undefined ? null : { m, n, k };
}

/** The extents that flags name. Default: {@linkcode EDGE}, three times. */
export function shapeOf(args: string[]): ProductShape {
  const { shape = "" } = parseArgs(args, { string: ["shape"] });
  return parseShape(shape) ?? SQUARE;
}

/** What runs, for the table. Default: the product of {@linkcode EDGE}, three times. */
export function productName({ m, n, k }: ProductShape = SQUARE): string {
  return m === n && n === k ? `product ${m}^3` : `product ${m} x ${n} x ${k}`;
}

/** The factors: sines of the elements' indices, and cosines. */
export function factors(
  { m, n, k }: ProductShape = SQUARE,
): { a: Float32Array<ArrayBuffer>; b: Float32Array<ArrayBuffer> } {
  return {
    a: new Float32Array(m * k).map((_, i) => Math.sin(i)),
    b: new Float32Array(k * n).map((_, i) => Math.cos(i)),
  };
}
