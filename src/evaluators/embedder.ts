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

/** How texts are embedded. */
export interface EmbedOptions {
  /** Text to put before every text; wins over `promptName`. */
  readonly prompt?: string;
  /** Which of the model's prompts to put before every text. */
  readonly promptName?: string;
  /**
   * What the texts are in a search. Without a prompt of its own a model takes the first of its
   * prompts that is named `query` for queries, `document`, `passage` or `corpus` for documents, and
   * its default prompt where it has none of these.
   */
  readonly task?: "query" | "document";
  /** How many dimensions of an embedding are kept; the model's own choice where not given. */
  readonly truncateDim?: number;
}

/** What a search wants. */
export interface SearchOptions {
  /** How many rows of the corpus to find for each query, at least 1. */
  readonly k: number;
  /** The score by which rows are compared. */
  readonly similarity: Similarity;
}

/**
 * The best rows of a corpus for each of Q queries: higher scores first, equal ones by lower row. A
 * row whose score is NaN is not among them.
 */
export interface SearchHits {
  /** Places a query has: the wanted number, or all rows of a smaller corpus. */
  readonly k: number;
  /** Rows of the corpus, `[Q, k]`; -1 in the last places where fewer were found. */
  readonly indices: Int32Array;
  /** Their scores, `[Q, k]`; NaN where there is no row. */
  readonly scores: Float64Array;
}

/** A model that turns texts into embeddings. */
export interface Embedder {
  /**
   * Embeds `texts`.
   *
   * @param texts any number of texts, repeated ones included
   * @param options prompt and width
   * @returns one row a text, in the order of `texts`
   */
  encode(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /**
   * Finds the best rows of a corpus, where the model can do so faster than the host. Memory beside
   * the arguments does not grow with the product of their rows.
   *
   * @param queries embeddings `[Q, C]`
   * @param corpus embeddings `[M, C]`
   * @param options how many rows, by which score
   */
  search?(queries: Embeddings, corpus: Embeddings, options: SearchOptions): Promise<SearchHits>;
  /** The score by which the embeddings of this model are meant to be compared. */
  readonly similarity: Similarity;
}
