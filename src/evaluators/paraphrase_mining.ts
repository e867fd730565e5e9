/**
 * Finds the most similar pairs among many texts.
 *
 * @module
 */

import { slice } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";
import { search } from "./search.ts";

/** How far {@linkcode mineParaphrases} looks. */
export interface MiningLimits {
  /** Neighbours that are looked for at each text, at least 1. */
  readonly topK: number;
  /** Candidates that are kept, at least 1; a pair may be one from either of its sides. */
  readonly maxPairs: number;
  /** Texts whose neighbours are looked for at a time. */
  readonly queryChunkSize: number;
  /** Texts among which the neighbours are looked for at a time; each such chunk gives its own `topK`. */
  readonly corpusChunkSize: number;
}

/** A pair of texts. */
export interface MinedPair {
  /** Their cosine. */
  readonly score: number;
  /** The text that comes first. */
  readonly first: number;
  /** The text that comes second. */
  readonly second: number;
}

/** Pairs of a cosine that is no greater are none, as upstream. */
const OPPOSITE = -1;

/**
 * The pairs of highest cosine, by the nearest neighbours of each text.
 *
 * Order: higher scores first, equal ones by the text whose neighbour the other one is, then by that
 * neighbour; the same where candidates are dropped.
 *
 * Source: sentence-transformers, `paraphrase_mining_embeddings`.
 *
 * @param embedder searches, where it can
 * @param embeddings one row a text
 * @param limits how far to look
 * @returns each pair once
 */
export async function mineParaphrases(
  embedder: Embedder,
  embeddings: Embeddings,
  limits: MiningLimits,
): Promise<MinedPair[]> {
  const { maxPairs, queryChunkSize, corpusChunkSize } = limits;
  // A text is its own nearest neighbour.
  const k = limits.topK + 1;
  let candidates: MinedPair[] = [];
  let least = OPPOSITE;
  for (let c = 0; c < embeddings.rows; c += corpusChunkSize) {
    const corpus = slice(embeddings, c, Math.min(c + corpusChunkSize, embeddings.rows));
    for (let q = 0; q < embeddings.rows; q += queryChunkSize) {
      const queries = slice(embeddings, q, Math.min(q + queryChunkSize, embeddings.rows));
      const hits = await search(embedder, queries, { corpus, k, similarity: "cosine" });
      hits.scores.forEach((score, at) => {
        const first = q + Math.floor(at / hits.k);
        const second = c + hits.indices[at];
        // A missing hit has the score NaN.
        if (score > OPPOSITE && score >= least && first !== second) {
          candidates.push({ score, first, second });
        }
      });
      if (candidates.length > 2 * maxPairs) {
        candidates = best(candidates, maxPairs);
        least = candidates[maxPairs - 1].score;
      }
    }
  }
  return distinct(best(candidates, maxPairs));
}

function best(candidates: MinedPair[], count: number): MinedPair[] {
  candidates.sort((p, q) => q.score - p.score || p.first - q.first || p.second - q.second);
  return candidates.slice(0, count);
}

function distinct(candidates: readonly MinedPair[]): MinedPair[] {
  const seen = new Set<string>();
  return candidates.flatMap(({ score, first, second }) => {
    const [low, high] = first < second ? [first, second] : [second, first];
    const key = `${low} ${high}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ score, first: low, second: high }];
  });
}
