/**
 * The rows of a batch whose distances count, and their classes.
 *
 * @module
 */
import { l2Normalize } from "../ops/l2_normalize.ts";
import type { RowDistancesInputs } from "../ops/row_distances.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { requiredLabels } from "./required_labels.ts";

/**
 * Prepares a batch for distances of all its rows from each other.
 *
 * @param tape Runs and records.
 * @param batch The embeddings, of one column, and their classes.
 * @param loss The loss, for its name and its `distance_metric`.
 * @returns The embeddings, of length 1 where cosines are taken, with classes and distance.
 * @throws {TypeError} If the batch has no labels.
 */
export function rowsAndClasses(
  tape: Tape,
  batch: EmbeddedBatch,
  { name, config }: Pick<Loss, "name" | "config">,
): RowDistancesInputs {
  const labels = requiredLabels(name, batch);
  const { embeddings } = batch;
  if (config.distance_metric === "cosine_distance") {
    return { x: l2Normalize(tape, embeddings), labels, distance: "cosine" };
  }
  return { x: embeddings, labels, distance: "euclidean" };
}
