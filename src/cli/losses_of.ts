/**
 * The objectives that a command line names.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Loss } from "../losses/loss.ts";
import { createLoss } from "../losses/names.ts";
import { parseSpec } from "../spec.ts";

/** The loss of a command line that names none, for data without labels. */
export const DEFAULT_LOSS = "MultipleNegativesRankingLoss";

/**
 * Creates the loss of all datasets, or one for each.
 *
 * @param texts `NAME` or `NAME:{...}` once, or `DATASET=NAME` or `DATASET=NAME:{...}` for each dataset.
 * @returns The loss, or losses by dataset.
 * @throws {UsageError} If the two forms are mixed, a dataset has two, or a name or option is unknown.
 */
export function lossesOf(texts: readonly string[]): Loss | Record<string, Loss> {
  const parsed = (texts.length === 0 ? [DEFAULT_LOSS] : texts).map((text) => {
    const [, dataset, spec] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text)!;
    const { name, options } = parseSpec("loss", spec);
    return { dataset, loss: createLoss(name, options) };
  });
  if (parsed.length === 1 && parsed[0].dataset === undefined) return parsed[0].loss;
  const losses = new Map<string, Loss>();
  for (const { dataset, loss } of parsed) {
    if (dataset === undefined || losses.has(dataset)) {
      throw new UsageError(
        `Cannot choose the loss: ${
          dataset === undefined
            ? `"${loss.name}" names no dataset beside others that do`
            : `dataset "${dataset}" has two`
        }; give one --loss, or --loss DATASET=NAME for each`,
      );
    }
    losses.set(dataset, loss);
  }
  return Object.fromEntries(losses);
}
