/**
 * How sizes of memory are written.
 *
 * @module
 */

/**
 * Millions of bytes, with a decimal below 100.
 *
 * @param bytes a number of bytes
 * @returns the number without its unit, such as `17.5` or `438`
 */
export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes.toFixed(megabytes < 100 ? 1 : 0);
}
