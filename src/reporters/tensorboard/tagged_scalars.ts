/**
 * What TensorBoard calls the numbers of a log.
 *
 * @module
 */
import type { LogEntry } from "../reporter.ts";

/**
 * Puts the numbers of a record under upstream's tags: `eval_loss` under `eval/loss`, `test_loss` under
 * `test/loss`, any other under `train/`.
 *
 * @param values the record without its step
 */
export function taggedScalars(values: LogEntry): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key !== "total_flos")
      .map(([key, value]) => [
        /^(eval|test)_/.test(key) ? key.replace("_", "/") : `train/${key}`,
        value,
      ]),
  );
}
