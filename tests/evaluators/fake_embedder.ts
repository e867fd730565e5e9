/**
 * An embedder that looks its embeddings up, and the random numbers to fill it with.
 *
 * @module
 */

import type { Embedder, Embeddings, EmbedOptions } from "../../src/evaluators/embedder.ts";
import type { Similarity } from "../../src/evaluators/similarity.ts";
import { uniformValues } from "../reference/random_values.ts";

/** Embeds the texts it knows, and remembers what it was asked for. */
export class FakeEmbedder implements Embedder {
  readonly similarity: Similarity;
  readonly encoded: string[][] = [];
  readonly options: EmbedOptions[] = [];
  readonly #vectors: ReadonlyMap<string, readonly number[]>;

  constructor(vectors: Iterable<[string, readonly number[]]>, similarity: Similarity = "cosine") {
    this.#vectors = new Map(vectors);
    this.similarity = similarity;
  }

  encode(texts: readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    this.encoded.push([...texts]);
    this.options.push(options);
    return Promise.resolve(embeddingsOf(texts.map((text) => this.#vectors.get(text)!)));
  }
}

/** The embeddings with these rows. */
export function embeddingsOf(rows: readonly (readonly number[])[]): Embeddings {
  return {
    data: Float32Array.from(rows.flat()),
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
  };
}

/** Numbers in [0, 1), one a call, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  const values = uniformValues(1 << 17, seed, { low: 0, high: 1 });
  let next = 0;
  return () => {
    if (next === values.length) throw new RangeError(`Cannot draw more than ${next} numbers`);
    return values[next++];
  };
}

/** A vector of small integers, so that scores tie often and float32 holds it exactly. */
export function coarseVector(random: () => number, columns: number): number[] {
  return Array.from({ length: columns }, () => Math.floor(random() * 5) - 2);
}
