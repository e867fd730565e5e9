/**
 * Writes messages in Protocol Buffers' wire format: what an ONNX file is made of.
 *
 * @module
 */

/** How a field's value follows its number. */
const WIRE = { VARINT: 0, LENGTH: 2, FIXED32: 5 } as const;

const encoder = new TextEncoder();

/**
 * One message. Bytes of a field are kept as they are given and copied once, when the outermost message is
 * put together, so that weights are not in memory once a level.
 *
 * Source: the encoding section of the Protocol Buffers documentation.
 */
export class ProtobufWriter {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  /** Bytes that the message has so far. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an integer that is not negative, or an enumeration.
   *
   * @param field The number of the field.
   * @param value Its value, at most 2^53 - 1.
   */
  integer(field: number, value: number): void {
    this.#tag(field, WIRE.VARINT);
    this.#push(varint(value));
  }

  /**
   * Adds a 32-bit float.
   *
   * @param field The number of the field.
   * @param value Its value.
   */
  float(field: number, value: number): void {
    this.#tag(field, WIRE.FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
  }

  /**
   * Adds bytes, which must stay as they are until the message is put together.
   *
   * @param field The number of the field.
   * @param value The bytes.
   */
  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, WIRE.LENGTH);
    this.#push(varint(value.length));
    this.#push(value);
  }

  /**
   * Adds a text.
   *
   * @param field The number of the field.
   * @param value The text.
   */
  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  /**
   * Adds a list of integers, packed. One that is negative takes ten bytes, as two's complement of 64 bits.
   *
   * @param field The number of the field.
   * @param values The integers.
   */
  integers(field: number, values: readonly number[]): void {
    const list = new ProtobufWriter();
    for (const value of values) list.#push(varint(value));
    this.message(field, list);
  }

  /**
   * Adds a message, which gets no more fields after that.
   *
   * @param field The number of the field.
   * @param message The message.
   */
  message(field: number, message: ProtobufWriter): void {
    this.#tag(field, WIRE.LENGTH);
    this.#push(varint(message.#size));
    for (const piece of message.#pieces) this.#push(piece);
  }

  /**
   * Puts the message together.
   *
   * @returns Its bytes.
   */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #tag(field: number, wire: number): void {
    this.#push(varint(field * 8 + wire));
  }

  #push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
