/**
 * A number of 64 bits for a text.
 *
 * @module
 */

/**
 * Hashes the UTF-16 code units of a text, two a block, in two lanes of 32 bits: the steps of
 * MurmurHash3's 128-bit variant for 32-bit machines (Appleby, public domain), with two of its four
 * lanes, each of which sees every block. Not for use against people who want texts to collide.
 *
 * Of n texts, some two have the same hash with a probability of about n^2 / 2^65: 3e-8 for a million.
 *
 * @param text Any text, lone surrogates included.
 * @param out Where the hash goes, as two words from `out[2 * index]` on.
 * @param options Which of the hashes in `out` it is; the first by default.
 */
export function hash64(
  text: string,
  out: Uint32Array,
  { index = 0 }: { readonly index?: number } = {},
): void {
  let a = 0;
  let b = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 2) {
    const high = at + 1 < length ? text.charCodeAt(at + 1) : 0;
    const block = text.charCodeAt(at) | (high << 16);
    let mixed = Math.imul(block, 0x239b961b);
    mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0xab0e9789);
    a ^= mixed;
    a = (Math.imul(((a << 19) | (a >>> 13)) + b, 5) + 0x561ccd1b) | 0;
    mixed = Math.imul(block, 0xab0e9789);
    mixed = Math.imul((mixed << 16) | (mixed >>> 16), 0x38b34ae5);
    b ^= mixed;
    b = (Math.imul(((b << 17) | (b >>> 15)) + a, 5) + 0x0bcaa747) | 0;
  }
  a ^= length;
  b ^= length;
  a += b;
  b += a;
  a = mix(a);
  b = mix(b);
  a += b;
  b += a;
  out[2 * index] = a;
  out[2 * index + 1] = b;
}

/** MurmurHash3's last step: every bit of the argument changes half of the result's. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
