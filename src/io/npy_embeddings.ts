/**
 * Embeddings as an `.npy` file, which `numpy.load` reads.
 *
 * @module
 */
import { bytesOf, type EmbeddingsEncoder, type EmbeddingsShape } from "./embeddings_encoder.ts";
import { npyHeader } from "./npy.ts";

/**
 * Encodes embeddings; the format has no place for texts.
 *
 * @param shape How many there will be.
 * @returns The encoder.
 */
export function npyEmbeddings({ rows, columns }: EmbeddingsShape): EmbeddingsEncoder {
  return {
    begin: () => npyHeader([rows, columns]),
    add: ({ data }) => bytesOf(data),
    end: () => new Uint8Array(),
  };
}
