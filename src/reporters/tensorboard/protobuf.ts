/**
 * Writes messages of Protocol Buffers, as far as event files need them.
 *
 * @module
 */

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

const encoder = new TextEncoder();

/** One message in the making; every method adds a field and returns the message. */
export class ProtobufMessage {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** What was written so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /**
   * A field of type `int32`, `int64`, `bool` or of an enumeration.
   *
   * @param field its number
   * @param value an integer from 0 to 2^53 - 1
   */
  integer(field: number, value: number): this {
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
    return this;
  }

  /**
   * A field of type `double`.
   *
   * @param field its number
   * @param value any number
   */
  double(field: number, value: number): this {
    this.#varint(field * 8 + FIXED_64);
    this.#reserve(8).setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  /**
   * A field of type `float`.
   *
   * @param field its number
   * @param value any number, which is rounded
   */
  float(field: number, value: number): this {
    this.#varint(field * 8 + FIXED_32);
    this.#reserve(4).setFloat32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  /**
   * A field of type `repeated double`, packed.
   *
   * @param field its number
   * @param values any numbers
   */
  doubles(field: number, values: readonly number[]): this {
    const view = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => view.setFloat64(8 * i, value, true));
    return this.#chunk(field, new Uint8Array(view.buffer));
  }

  /**
   * A field of type `string`.
   *
   * @param field its number
   * @param text any text
   */
  text(field: number, text: string): this {
    return this.#chunk(field, encoder.encode(text));
  }

  /**
   * A field that is a message itself, or holds its bytes.
   *
   * @param field its number
   * @param message the message
   */
  message(field: number, message: ProtobufMessage): this {
    return this.#chunk(field, message.bytes);
  }

  #chunk(field: number, chunk: Uint8Array): this {
    this.#varint(field * 8 + BYTES);
    this.#varint(chunk.length);
    this.#reserve(chunk.length);
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
    return this;
  }

  #varint(value: number): void {
    this.#reserve(10);
    // Bit operations would cut the value to 32 bits.
    while (value > 0x7f) {
      this.#bytes[this.#length++] = value % 0x80 + 0x80;
      value = Math.floor(value / 0x80);
    }
    this.#bytes[this.#length++] = value;
  }

  #reserve(count: number): DataView {
    if (this.#length + count > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length + count);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return new DataView(this.#bytes.buffer);
  }
}
