/**
 * Searches for the best rows of a corpus, by the model where it can, else on the host; scores come in
 * tiles and are never held as a whole.
 *
 * @module
 */

import { slice } from "./embed.ts";
import type { Embedder, Embeddings, SearchHits, SearchOptions } from "./embedder.ts";
import { SimilarityScorer } from "./similarity.ts";
import { TopK } from "./top_k.ts";

const QUERY_TILE = 32;
const ROW_TILE = 128;
/** Rows whose norms are held at a time. */
const ROW_BLOCK = 1 << 14;

/**
 * Finds the best rows of a corpus for each query: higher scores first, equal ones by lower row, NaN
 * never.
 *
 * @param embedder the model; its own search is used where it has one
 * @param queries embeddings `[Q, C]`
 * @param corpus embeddings `[M, C]`
 * @param options how many rows, by which score
 * @throws {RangeError} where k is not an integer of at least 1, or the widths differ
 */
export async function search(
  embedder: Embedder,
  queries: Embeddings,
  { corpus, ...options }: SearchOptions & { corpus: Embeddings },
): Promise<SearchHits> {
  if (embedder.search !== undefined) return await embedder.search(queries, corpus, options);
  return searchRows(queries, corpus, options);
}

/**
 * The search on the host, with sums in float64. Memory: the hits, and a tile of scores.
 *
 * @param queries embeddings `[Q, C]`
 * @param corpus embeddings `[M, C]`
 * @param options how many rows, by which score
 * @throws {RangeError} where k is not an integer of at least 1, or the widths differ
 */
export function searchRows(
  queries: Embeddings,
  corpus: Embeddings,
  { k: wanted, similarity }: SearchOptions,
): SearchHits {
  const k = Math.min(wanted, Math.max(1, corpus.rows));
  const selections = Array.from({ length: queries.rows }, () => new TopK(k));
  for (let first = 0; first < corpus.rows; first += ROW_BLOCK) {
    const block = slice(corpus, first, Math.min(first + ROW_BLOCK, corpus.rows));
    offerBlock(new SimilarityScorer(similarity, queries, block), selections, {
      rows: block.rows,
      first,
    });
  }
  return hitsOf(selections, Math.min(k, corpus.rows));
}

/**
 * Writes selections out.
 *
 * @param selections what was kept for each query
 * @param k places of a query
 */
export function hitsOf(selections: readonly TopK[], k: number): SearchHits {
  const indices = new Int32Array(selections.length * k).fill(-1);
  const scores = new Float64Array(selections.length * k).fill(NaN);
  selections.forEach((selection, i) => {
    selection.read(scores.subarray(i * k, (i + 1) * k), indices.subarray(i * k, (i + 1) * k));
  });
  return { k, indices, scores };
}

/** Offers a block's rows to the selections of all queries. */
function offerBlock(
  scorer: SimilarityScorer,
  selections: readonly TopK[],
  { rows, first }: { rows: number; first: number },
): void {
  const tile = new Float64Array(QUERY_TILE * ROW_TILE);
  for (let d = 0; d < rows; d += ROW_TILE) {
    const dEnd = Math.min(d + ROW_TILE, rows);
    for (let q = 0; q < selections.length; q += QUERY_TILE) {
      const qEnd = Math.min(q + QUERY_TILE, selections.length);
      scorer.tile(q, qEnd, d, dEnd, tile);
      const width = dEnd - d;
      for (let i = q; i < qEnd; i++) {
        selections[i].offerAll(tile.subarray((i - q) * width, (i - q + 1) * width), first + d);
      }
    }
  }
}
