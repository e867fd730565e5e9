/**
 * From rows of a dataset to a batch with its objective.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../losses/loss.ts";
import type { LossBatch } from "./compute_loss.ts";
import { type BatchMaker, prepareBatch } from "./prepare_batch.ts";

/** What turns rows into batches, for the model and for the guide. */
export interface LossBatchMaker extends BatchMaker {
  /** Turns rows into batches for the guide, where there is one. */
  readonly guide?: BatchMaker;
}

/**
 * Tokenizes the texts of some rows, for the guide too where the objective wants one.
 *
 * @param maker What turns rows into batches.
 * @param loss The objective.
 * @param of The dataset and indices of its rows.
 * @returns The batch.
 * @throws {TypeError} If the objective wants a guide and there is none.
 */
export async function prepareLossBatch(
  maker: LossBatchMaker,
  loss: Loss,
  { dataset, rows }: { dataset: Dataset; rows: ArrayLike<number> },
): Promise<LossBatch> {
  const batch = await prepareBatch(maker, dataset, rows);
  if (!loss.wants?.guide) return { batch, loss };
  if (maker.guide === undefined) {
    throw new TypeError(`Cannot prepare ${loss.name}: there is no guide`);
  }
  return { batch, loss, guideBatch: await prepareBatch(maker.guide, dataset, rows) };
}
