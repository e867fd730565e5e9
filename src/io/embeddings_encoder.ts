/**
 * What writes embeddings in one format, some rows at a time.
 *
 * @module
 */

/** Some embeddings and the texts they are of. */
export interface EmbeddedTexts {
  /** The texts. */
  readonly texts: readonly string[];
  /** Their embeddings, [texts, columns], row-major. */
  readonly data: Float32Array;
}

/** The shape of all embeddings together. */
export interface EmbeddingsShape {
  /** How many texts. */
  readonly rows: number;
  /** Length of an embedding. */
  readonly columns: number;
}

/** Makes the bytes of a file. */
export interface EmbeddingsEncoder {
  /**
   * What the file begins with.
   *
   * @returns The bytes; valid until the next call.
   */
  begin(): Uint8Array;
  /**
   * What follows for some rows.
   *
   * @param rows The rows, in order.
   * @returns The bytes; valid until the next call.
   */
  add(rows: EmbeddedTexts): Uint8Array;
  /**
   * What the file ends with.
   *
   * @returns The bytes.
   */
  end(): Uint8Array;
}

/** Makes an encoder for embeddings of a shape. */
export type EmbeddingsFormat = (shape: EmbeddingsShape) => EmbeddingsEncoder;

/**
 * The bytes of numbers, as files have them: little-endian, as all machines that Deno runs on.
 *
 * @param data The numbers.
 * @returns The same memory.
 */
export function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
