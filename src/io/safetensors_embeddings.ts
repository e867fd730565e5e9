/**
 * Embeddings as a safetensors file of one tensor.
 *
 * @module
 */
import { bytesOf, type EmbeddingsEncoder, type EmbeddingsShape } from "./embeddings_encoder.ts";

/** The name of the tensor. */
export const EMBEDDINGS_TENSOR = "embeddings";

/**
 * Encodes embeddings as the tensor `embeddings`; the format has no place for texts.
 *
 * @param shape How many there will be.
 * @returns The encoder.
 */
export function safetensorsEmbeddings({ rows, columns }: EmbeddingsShape): EmbeddingsEncoder {
  return {
    begin: () => header(rows, columns),
    add: ({ data }) => bytesOf(data),
    end: () => new Uint8Array(),
  };
}

function header(rows: number, columns: number): Uint8Array {
  const tensor = { dtype: "F32", shape: [rows, columns], data_offsets: [0, 4 * rows * columns] };
  const text = new TextEncoder().encode(JSON.stringify({ [EMBEDDINGS_TENSOR]: tensor }));
  const size = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + size).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size), true);
  bytes.set(text, 8);
  return bytes;
}
