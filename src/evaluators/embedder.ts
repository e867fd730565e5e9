/**
 * What the evaluators ask of a model: texts in, one vector a text out. Models implement it;
 * evaluators never see anything else of them.
 *
 * @module
 */

import type { Similarity } from "./similarity.ts";

/** Sentence embeddings: one row a text, in the order of the texts. */
export interface Embeddings {
  /** The values, `[rows, columns]`, row-major. */
  readonly data: Float32Array;
  /** How many texts. */
  readonly rows: number;
  /** How wide an embedding is. */
  readonly columns: number;
}

/** A model that turns texts into embeddings. */
export interface Embedder {
  /**
   * Embeds `texts`.
   *
   * @param texts any number of texts, repeated ones included
   * @returns one row a text, in the order of `texts`
   */
  encode(texts: readonly string[]): Promise<Embeddings>;
  /** The score by which the embeddings of this model are meant to be compared. */
  readonly similarity: Similarity;
}
