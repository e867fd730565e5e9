/**
 * LZ4 frames, which compressed Arrow files hold by default.
 *
 * Source: the descriptions of LZ4's frame and block formats, version 1.6.2.
 *
 * @module
 */

const MAGIC = 0x184d2204;

/** Bits of the first byte of the description. */
const FLAGS = { DICTIONARY: 1, CONTENT_CHECKSUM: 4, CONTENT_SIZE: 8, BLOCK_CHECKSUM: 16 } as const;

/** Of the size of a block: it is as it was. */
const UNCOMPRESSED = 0x80000000;

/** The shortest match. */
const SHORTEST = 4;

/**
 * Decompresses a frame. Checksums are not compared.
 *
 * @param input The frame; what follows it is not looked at.
 * @returns What it holds.
 * @throws {RangeError} If it is no such frame, is cut, or refers to what is not there.
 */
export function decodeLz4Frame(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError("an LZ4 frame has another beginning");
  const flags = view.getUint8(4);
  if (flags >> 6 !== 1) throw new RangeError(`an LZ4 frame is of version ${flags >> 6}, wanted 1`);
  if (flags & FLAGS.DICTIONARY) throw new RangeError("an LZ4 frame wants a dictionary");
  const largest = 1 << (8 + 2 * (view.getUint8(5) >> 4 & 7));
  const output = new Output();
  let at = 7 + (flags & FLAGS.CONTENT_SIZE ? 8 : 0);
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    const length = size % UNCOMPRESSED;
    const block = input.subarray(at += 4, at += length);
    if (block.length < length) throw new RangeError("an LZ4 frame is cut");
    const most = output.length + largest;
    if (size < UNCOMPRESSED) decodeBlock(block, output, most);
    else output.append(block);
    if (output.length > most) throw new RangeError("a block of an LZ4 frame is too long");
    if (flags & FLAGS.BLOCK_CHECKSUM) at += 4;
  }
  return output.take();
}

/** Blocks may refer to what those before them hold. */
function decodeBlock(block: Uint8Array, output: Output, most: number): void {
  let at = 0;
  const next = () => {
    if (at < block.length) return block[at++];
    throw new RangeError("a block of an LZ4 frame is cut");
  };
  const long = (length: number) => {
    if (length < 15) return length;
    let byte: number;
    do length += byte = next(); while (byte === 255);
    return length;
  };
  while (at < block.length) {
    const token = next();
    const literals = long(token >> 4);
    if (at + literals > block.length) throw new RangeError("a block of an LZ4 frame is cut");
    output.append(block.subarray(at, at += literals));
    // The last sequence has no match.
    if (at === block.length) return;
    const distance = next() + 256 * next();
    const length = long(token & 15) + SHORTEST;
    if (output.length + length > most) throw new RangeError("a block of an LZ4 frame is too long");
    output.repeat(distance, length);
  }
}

/** Bytes that grow. */
class Output {
  length = 0;
  #bytes = new Uint8Array(1 << 16);

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What is copied may reach into what it makes. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) {
      throw new RangeError("a block of an LZ4 frame refers to what is not there");
    }
    this.#reserve(count);
    const bytes = this.#bytes;
    for (let i = 0; i < count; i++, this.length++) {
      bytes[this.length] = bytes[this.length - distance];
    }
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
