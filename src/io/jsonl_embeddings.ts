/**
 * Embeddings as JSON Lines, with their texts.
 *
 * @module
 */
import type { EmbeddedTexts, EmbeddingsEncoder, EmbeddingsShape } from "./embeddings_encoder.ts";

/**
 * Encodes `{"text": ..., "embedding": [...]}` a line.
 *
 * @param shape How many there will be.
 * @returns The encoder.
 */
export function jsonlEmbeddings({ columns }: EmbeddingsShape): EmbeddingsEncoder {
  const encoder = new TextEncoder();
  return {
    begin: () => new Uint8Array(),
    add: (rows) => encoder.encode([...embeddingLines(rows, columns)].join("")),
    end: () => new Uint8Array(),
  };
}

/**
 * The lines of some rows.
 *
 * @param rows The rows.
 * @param columns Length of an embedding.
 * @returns One line a row, with its line break.
 */
export function* embeddingLines(
  { texts, data }: EmbeddedTexts,
  columns: number,
): Generator<string> {
  for (const [row, text] of texts.entries()) {
    const embedding = [...data.subarray(row * columns, (row + 1) * columns)];
    yield `${JSON.stringify({ text, embedding })}\n`;
  }
}
