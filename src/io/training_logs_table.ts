/**
 * The table of a model card that shows how loss and metrics moved during training.
 *
 * @module
 */
import { markdownTable } from "./markdown.ts";
import type { LogEntry } from "./trainer_state.ts";

/** What evaluations log besides metrics. */
const NOT_A_METRIC = /_(?:runtime|per_second)$/;

interface Row {
  readonly epoch: number;
  readonly loss: number | null;
  readonly metrics: Map<string, number>;
}

/**
 * Merges what was logged at the same step into one row, and draws the rows as a table: epoch, step,
 * training loss and every metric of an evaluation. The row of the best step is bold.
 *
 * @param logHistory The log as `trainer_state.json` holds it.
 * @param bestStep Step of the best model, or null.
 * @returns The table, or null when neither a loss nor a metric was logged.
 */
export function trainingLogsTable(
  logHistory: readonly LogEntry[],
  bestStep: number | null,
): string | null {
  const rows = mergeBySteps(logHistory);
  if (rows.size === 0) return null;
  const metrics = new Set([...rows.values()].flatMap((row) => [...row.metrics.keys()]));
  const body = [...rows].map(([step, row]) => {
    const cells = [
      row.epoch.toFixed(4),
      String(step),
      formatNumber(row.loss),
      ...[...metrics].map((name) => formatNumber(row.metrics.get(name) ?? null)),
    ];
    return step === bestStep ? cells.map((cell) => `**${cell}**`) : cells;
  });
  const titles = [...metrics].map((name) =>
    name === "eval_loss" ? "Validation Loss" : name.slice("eval_".length)
  );
  return markdownTable(["Epoch", "Step", "Training Loss", ...titles], body);
}

function mergeBySteps(logHistory: readonly LogEntry[]): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const entry of logHistory) {
    const metrics = Object.entries(entry).filter((item): item is [string, number] =>
      item[0].startsWith("eval_") && typeof item[1] === "number" && !NOT_A_METRIC.test(item[0])
    );
    const loss = typeof entry.loss === "number" ? entry.loss : null;
    if (typeof entry.step !== "number" || (loss === null && metrics.length === 0)) continue;
    const before = rows.get(entry.step);
    rows.set(entry.step, {
      epoch: typeof entry.epoch === "number" ? entry.epoch : before?.epoch ?? 0,
      loss: loss ?? before?.loss ?? null,
      metrics: new Map([...before?.metrics ?? [], ...metrics]),
    });
  }
  return rows;
}

/**
 * Shows a number with four decimals, and a missing one as a dash.
 *
 * @param value The number, or null.
 * @returns The cell.
 */
export function formatNumber(value: number | null): string {
  return value === null ? "-" : value.toFixed(4);
}
