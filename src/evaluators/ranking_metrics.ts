/**
 * Retrieval metrics of ranked documents with binary relevance, whoever ranked them.
 *
 * @module
 */

/** At which ranks each metric is cut off; every list holds integers of at least 1. */
export interface RankingCutoffs {
  /** Ranks of accuracy; `[1, 3, 5, 10]` where not given. */
  readonly accuracyAtK: readonly number[];
  /** Ranks of precision and recall; `[1, 3, 5, 10]` where not given. */
  readonly precisionRecallAtK: readonly number[];
  /** Ranks of the mean reciprocal rank; `[10]` where not given. */
  readonly mrrAtK: readonly number[];
  /** Ranks of the normalised discounted cumulative gain; `[10]` where not given. */
  readonly ndcgAtK: readonly number[];
  /** Ranks of the mean average precision; `[100]` where not given. */
  readonly mapAtK: readonly number[];
}

const DEFAULT_CUTOFFS: RankingCutoffs = {
  accuracyAtK: [1, 3, 5, 10],
  precisionRecallAtK: [1, 3, 5, 10],
  mrrAtK: [10],
  ndcgAtK: [10],
  mapAtK: [100],
};

/**
 * Fills in the cutoffs that were not given and checks those that were.
 *
 * @param given cutoffs to use instead of the defaults
 * @throws {RangeError} where a list is empty or holds something other than integers of at least 1
 */
export function rankingCutoffs(given: Partial<RankingCutoffs>): RankingCutoffs {
  const cutoffs = { ...DEFAULT_CUTOFFS };
  for (const key of Object.keys(DEFAULT_CUTOFFS) as (keyof RankingCutoffs)[]) {
    const ranks = given[key];
    if (ranks === undefined) continue;
    if (ranks.length === 0 || !ranks.every((k) => Number.isInteger(k) && k >= 1)) {
      throw new RangeError(
        `Cannot use ${key} [${ranks.join(", ")}]: wanted one or more integers of at least 1`,
      );
    }
    cutoffs[key] = ranks;
  }
  return cutoffs;
}

/** The largest rank that any of `cutoffs` looks at: how long a ranking needs to be. */
export function deepestCutoff(cutoffs: RankingCutoffs): number {
  return Math.max(...Object.values<readonly number[]>({ ...cutoffs }).flat());
}

/**
 * Averages the metrics of many queries.
 *
 * For one query with R relevant documents, of which h(k) are among the first k ranks:
 * accuracy@k = [h(k) > 0], precision@k = h(k)/k, recall@k = h(k)/R, mrr@k = 1/rank of the first
 * relevant document or 0, ndcg@k = Σ 1/log₂(rank+1) over the relevant ranks ÷ the same sum over
 * ranks 1..min(k, R), map@k = Σ h(rank)/rank over the relevant ranks ÷ min(k, R).
 *
 * Source: sentence-transformers, `InformationRetrievalEvaluator.compute_metrics`.
 *
 * @param rankings document ids of each query, best first, no id twice
 * @param relevant the relevant ids of each query, at least one; ids that no ranking can hold count
 * as not found
 * @param cutoffs the ranks to cut off at
 * @returns `accuracy@k`, `precision@k`, `recall@k`, `ndcg@k`, `mrr@k`, `map@k`, in this order
 */
export function rankingMetrics(
  rankings: readonly (readonly string[])[],
  relevant: readonly ReadonlySet<string>[],
  cutoffs: RankingCutoffs,
): Record<string, number> {
  // The relevant ranks, counted from 1, are all that the metrics need to know of a ranking.
  const hits = rankings.map((ids, query) =>
    ids.flatMap((id, position) => relevant[query].has(id) ? [position + 1] : [])
  );
  const metrics: Record<string, number> = {};
  const add = (name: string, ks: readonly number[], metric: QueryMetric): void => {
    for (const k of ks) {
      let sum = 0;
      hits.forEach((ranks, query) => {
        sum += metric(ranks.filter((rank) => rank <= k), k, relevant[query].size);
      });
      metrics[`${name}@${k}`] = sum / hits.length;
    }
  };
  add("accuracy", cutoffs.accuracyAtK, (ranks) => ranks.length > 0 ? 1 : 0);
  add("precision", cutoffs.precisionRecallAtK, (ranks, k) => ranks.length / k);
  add("recall", cutoffs.precisionRecallAtK, (ranks, _k, total) => ranks.length / total);
  add("ndcg", cutoffs.ndcgAtK, normalizedGain);
  add("mrr", cutoffs.mrrAtK, (ranks) => ranks.length > 0 ? 1 / ranks[0] : 0);
  add("map", cutoffs.mapAtK, averagePrecision);
  return metrics;
}

/**
 * The keys of `rankingMetrics` in the order of the CSV log, each with its column name.
 *
 * @param cutoffs the ranks to cut off at
 * @returns pairs such as `["accuracy@1", "Accuracy@1"]`
 */
export function rankingCsvColumns(cutoffs: RankingCutoffs): [key: string, column: string][] {
  const named = (names: readonly string[], ks: readonly number[]): [string, string][] =>
    ks.flatMap((k) =>
      names.map((name): [string, string] => [`${name.toLowerCase()}@${k}`, `${name}@${k}`])
    );
  return [
    ...named(["Accuracy"], cutoffs.accuracyAtK),
    ...named(["Precision", "Recall"], cutoffs.precisionRecallAtK),
    ...named(["MRR"], cutoffs.mrrAtK),
    ...named(["NDCG"], cutoffs.ndcgAtK),
    ...named(["MAP"], cutoffs.mapAtK),
  ];
}

/** A metric of one query from the relevant ranks up to k, k, and the count of relevant ids. */
type QueryMetric = (ranks: readonly number[], k: number, relevantCount: number) => number;

function normalizedGain(ranks: readonly number[], k: number, relevantCount: number): number {
  let gain = 0;
  for (const rank of ranks) gain += 1 / Math.log2(rank + 1);
  let ideal = 0;
  for (let rank = 1; rank <= Math.min(k, relevantCount); rank++) ideal += 1 / Math.log2(rank + 1);
  return gain / ideal;
}

function averagePrecision(ranks: readonly number[], k: number, relevantCount: number): number {
  let sum = 0;
  ranks.forEach((rank, found) => sum += (found + 1) / rank);
  return sum / Math.min(k, relevantCount);
}
