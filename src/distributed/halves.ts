/**
 * Values as halves with a common scale, half the bytes of f32.
 *
 * @module
 */

/** Halves that the scale takes, in front of the values. */
export const SCALE_HALVES = 2;

/** Exponent of the largest magnitude after scaling; halves end just below 2^16. */
const EXPONENT = 14;

/**
 * Writes values as halves, multiplied by the power of two that brings the largest magnitude into
 * [2^14, 2^15). A value x of a part with the largest magnitude m is off by 2^-11 |x| + 2^-39 m + 2^-150
 * at most, but for the last 2^-12 of f32's range, which becomes infinite. Where a value is not finite the scale is 1, so that infinities and NaN stay what they are.
 *
 * @param values The values.
 * @param halves Where they go: {@linkcode SCALE_HALVES} for the scale, then one half a value.
 */
export function encodeHalves(values: Float32Array, halves: Uint16Array<ArrayBuffer>): void {
  const length = values.length;
  let largest = 0;
  let finite = true;
  for (let i = 0; i < length; i++) {
    const magnitude = Math.abs(values[i]);
    if (magnitude > largest) largest = magnitude;
    // NaN compares as false with everything.
    if (!(magnitude < Infinity)) finite = false;
  }
  const scale = finite ? scaleFor(largest) : 1;
  halves.set(new Uint16Array(new Float32Array([scale]).buffer));
  const target = new Float16Array(halves.buffer, halves.byteOffset + 2 * SCALE_HALVES, length);
  for (let i = 0; i < length; i++) target[i] = values[i] * scale;
}

/**
 * Reads what {@linkcode encodeHalves} wrote.
 *
 * @param halves The scale and the halves.
 * @param values Where the values go; their number says how many there are.
 */
export function decodeHalves(halves: Uint16Array<ArrayBuffer>, values: Float32Array): void {
  const inverse = 1 / new Float32Array(halves.slice(0, SCALE_HALVES).buffer)[0];
  const length = values.length;
  const source = new Float16Array(halves.buffer, halves.byteOffset + 2 * SCALE_HALVES, length);
  for (let i = 0; i < length; i++) values[i] = source[i] * inverse;
}

/** A power of two up to 2^126: it and its inverse are normal f32. */
function scaleFor(largest: number): number {
  if (largest === 0) return 1;
  const exponent = Math.floor(Math.log2(largest));
  // The logarithm may round up to the next power.
  const lower = 2 ** exponent > largest ? exponent - 1 : exponent;
  return 2 ** Math.min(126, EXPONENT - lower);
}
