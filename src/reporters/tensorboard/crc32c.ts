/**
 * The checksum of event files.
 *
 * @module
 */

/** The polynomial of CRC-32C (Castagnoli), bits in reverse order. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  }
  return remainder;
});

/**
 * The CRC-32C of some bytes. Source: RFC 3720, appendix B.4.
 *
 * @param bytes any number of bytes
 * @returns an integer from 0 to 2^32 - 1
 */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 0xff];
  return ~remainder >>> 0;
}
