/**
 * The table that a run ends with: metrics before and after training, beside a rival's.
 *
 * @module
 */
import { formatTable } from "../reporters/table.ts";

/** What is measured of the measurement itself. */
const RUNTIME = /^eval_(runtime|(samples|steps)_per_second)$|^(epoch|step)$/;

/** The metrics that people look at first. */
const FIRST = ["mrr@10", "ndcg@10", "accuracy@1"];

/**
 * Lays out the table: the metrics that people look at first above the others, and beside a rival only
 * those.
 *
 * @param baseline Metrics of BM25, by key without evaluator and similarity; null for none.
 * @param before Metrics before training; null for none.
 * @param after Metrics after it, or of a model that was not trained now.
 * @returns Lines without a line break at the end.
 */
export function metricsTable(
  baseline: Readonly<Record<string, number>> | null,
  before: Readonly<Record<string, number>> | null,
  after: Readonly<Record<string, number>>,
): string {
  const keys = Object.keys(after).filter((key) => !RUNTIME.test(key));
  const rank = (key: string) => {
    const at = FIRST.findIndex((metric) => key.endsWith(`_${metric}`));
    return at < 0 ? FIRST.length : at;
  };
  const shown = baseline === null ? keys : keys.filter((key) => rank(key) < FIRST.length);
  shown.sort((a, b) => rank(a) - rank(b));
  const rows = shown.map((key) => [
    key.replace(/^eval_/, ""),
    ...(baseline === null ? [] : [baseline[key.slice(key.lastIndexOf("_") + 1)]]),
    ...(before === null ? [] : [before[key]]),
    after[key],
  ]);
  const header = [
    "metric",
    ...(baseline === null ? [] : ["BM25"]),
    ...(before === null ? ["model"] : ["before", "after"]),
  ];
  return formatTable(header, rows);
}
