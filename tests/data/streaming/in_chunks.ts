/**
 * Bytes in pieces, as a file gives them.
 *
 * @module
 */

/**
 * Cuts bytes into pieces that share one buffer: a piece is overwritten when the next is asked for.
 *
 * @param bytes What to cut.
 * @param size The length of a piece; the last one may be shorter.
 * @returns The pieces.
 */
export function* inChunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (let start = 0; start < bytes.length; start += size) {
    const piece = bytes.subarray(start, start + size);
    buffer.fill(0xff);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}
