/**
 * Searches among embeddings on the device of a model.
 *
 * @module
 */
import type { Embeddings, SearchHits, SearchOptions } from "../evaluators/embedder.ts";
import type { Gpu } from "../gpu/device.ts";
import { topK } from "../ops/top_k.ts";

/**
 * Finds the best rows of a corpus for each query; both may be larger than the device's memory.
 *
 * @param gpu The device.
 * @param queries Embeddings, [Q, C].
 * @param options The corpus, [M, C], how many rows to find, and by which score.
 * @returns The best rows, higher scores first, equal ones by lower row; a NaN is never among them.
 * @throws {RangeError} If k is not a positive integer, or the shapes do not fit.
 */
export async function search(
  gpu: Gpu,
  queries: Embeddings,
  options: SearchOptions & { corpus: Embeddings },
): Promise<SearchHits> {
  return await topK(gpu, { queries, ...options });
}
