/**
 * BM25, the word-matching baseline to hold a trained model against.
 *
 * @module
 */

import {
  deepestCutoff,
  type RankingCutoffs,
  rankingCutoffs,
  rankingMetrics,
} from "./ranking_metrics.ts";
import { retrievalTask } from "./retrieval_task.ts";
import { TopK } from "./top_k.ts";

/** The two constants of BM25. */
export interface Bm25Options {
  /** How slowly repetitions of a word stop counting; 0 counts presence alone; 1.2 if not given. */
  readonly k1?: number;
  /** How much long documents are discounted, from 0 to 1; 0.75 where not given. */
  readonly b?: number;
}

interface Postings {
  readonly documents: number[];
  /** Counts of the word at first, then its weight in each document. */
  readonly weights: number[];
}

/**
 * An index over documents that ranks them for a query by
 * Σ over the query's words of idf · f(k1 + 1) / (f + k1(1 − b + b·length/mean length)),
 * idf = ln(1 + (N − n + ½)/(n + ½)), for f occurrences in the document and n of N documents that
 * hold the word. Words are runs of letters, marks, digits and `_` in lower case; a word that the
 * query repeats counts each time.
 *
 * Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
 * 2009, with the idf of Lucene, which is never negative.
 */
export class Bm25 {
  readonly #postings = new Map<string, Postings>();
  readonly #documentCount: number;

  /**
   * Indexes the words of `documents`.
   *
   * @param documents the texts to index
   * @param options the constants of the formula
   * @throws {RangeError} where k1 is negative or b is outside 0 to 1
   */
  constructor(documents: readonly string[], { k1 = 1.2, b = 0.75 }: Bm25Options = {}) {
    if (!(k1 >= 0 && k1 < Infinity && b >= 0 && b <= 1)) {
      throw new RangeError(
        `Cannot use BM25 with k1 ${k1} and b ${b}: wanted k1 of at least 0 and b from 0 to 1`,
      );
    }
    this.#documentCount = documents.length;
    const lengths = documents.map((text, index) => this.#count(text, index));
    const meanLength = lengths.reduce((sum, length) => sum + length, 0) / documents.length;
    for (const { documents: holders, weights } of this.#postings.values()) {
      const n = holders.length;
      const idf = Math.log(1 + (documents.length - n + 0.5) / (n + 0.5));
      holders.forEach((index, i) => {
        const f = weights[i];
        weights[i] = idf * f * (k1 + 1) / (f + k1 * (1 - b + b * lengths[index] / meanLength));
      });
    }
  }

  /**
   * The best documents for a query; documents that share no word with it are not ranked.
   *
   * @param query any text
   * @param k how many documents at most, at least 1
   * @returns indices of documents, best first, ties in the order of the documents
   */
  rank(query: string, k: number): number[] {
    const scores = new Float64Array(this.#documentCount);
    for (const word of wordsOf(query)) {
      const postings = this.#postings.get(word);
      postings?.documents.forEach((index, i) => scores[index] += postings.weights[i]);
    }
    const best = new TopK(k);
    scores.forEach((score, index) => {
      if (score > 0) best.offer(score, index);
    });
    return best.indices();
  }

  /** Adds a document's words to the postings and tells how many words it has. */
  #count(text: string, index: number): number {
    const words = wordsOf(text);
    for (const word of words) {
      let postings = this.#postings.get(word);
      if (postings === undefined) {
        postings = { documents: [], weights: [] };
        this.#postings.set(word, postings);
      }
      const last = postings.documents.length - 1;
      if (postings.documents[last] === index) {
        postings.weights[last]++;
      } else {
        postings.documents.push(index);
        postings.weights.push(1);
      }
    }
    return words.length;
  }
}

/**
 * The retrieval metrics of BM25, under the keys of an information-retrieval evaluation with `bm25`
 * in place of the similarity: `bm25_accuracy@1`, ..., `bm25_ndcg@10`, `bm25_mrr@10`, `bm25_map@100`.
 *
 * @param queries query texts by id; those without a relevant document are left out
 * @param corpus document texts by id
 * @param relevant ids of the relevant documents by query id
 * @param options the constants of BM25 and the ranks to cut off at
 * @throws {InputError} where no query has a relevant document, or the corpus is empty
 */
export function evaluateBm25(
  queries: ReadonlyMap<string, string>,
  corpus: ReadonlyMap<string, string>,
  relevant: ReadonlyMap<string, ReadonlySet<string>>,
  options: Bm25Options & Partial<RankingCutoffs> = {},
): Record<string, number> {
  const task = retrievalTask({ queries, corpus, relevant });
  const cutoffs = rankingCutoffs(options);
  const depth = deepestCutoff(cutoffs);
  const index = new Bm25(task.corpusTexts, options);
  const rankings = task.queryTexts.map((query) =>
    index.rank(query, depth).map((document) => task.corpusIds[document])
  );
  const metrics = rankingMetrics(rankings, task.relevant, cutoffs);
  return Object.fromEntries(Object.entries(metrics).map(([key, value]) => [`bm25_${key}`, value]));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
}
