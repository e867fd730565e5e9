/**
 * The product of two square matrices that all engines compute: C = A B of 1024 x 1024 numbers.
 *
 * @module
 */

/** Rows and columns of each matrix. */
export const EDGE = 1024;

/** What runs, for the table. */
export const PRODUCT = `product ${EDGE}^3`;

/** The factors: sines of the elements' indices, and cosines. */
export function factors(): { a: Float32Array<ArrayBuffer>; b: Float32Array<ArrayBuffer> } {
  const size = EDGE * EDGE;
  return {
    a: new Float32Array(size).map((_, i) => Math.sin(i)),
    b: new Float32Array(size).map((_, i) => Math.cos(i)),
  };
}
