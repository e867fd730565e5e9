/**
 * The losses by their upstream names.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Loss } from "./loss.ts";
import { MultipleNegativesRankingLoss } from "./multiple_negatives_ranking_loss.ts";

/** The name of a loss, as upstream. */
export type LossName = "MultipleNegativesRankingLoss";

const LOSSES: Readonly<Record<LossName, (options: Record<string, never>) => Loss>> = {
  MultipleNegativesRankingLoss: (options) => new MultipleNegativesRankingLoss(options),
};

/** The names of all losses. */
export const LOSS_NAMES: readonly LossName[] = Object.keys(LOSSES) as LossName[];

/**
 * Creates the loss of that name.
 *
 * @param name One of {@linkcode LOSS_NAMES}.
 * @param options Its options by upstream name.
 * @returns The loss.
 * @throws {UsageError} For an unknown name or option.
 */
export function createLoss(name: string, options: Readonly<Record<string, unknown>> = {}): Loss {
  if (!Object.hasOwn(LOSSES, name)) {
    const guess = nearest(name, LOSS_NAMES);
    throw new UsageError(
      `Cannot create loss "${name}": known are ${LOSS_NAMES.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  return LOSSES[name as LossName](options as Record<string, never>);
}
