/**
 * Learning to embed as a teacher does.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import type { Tape } from "../ops/tape.ts";
import { targetDistance, type TargetMetric } from "../ops/target_distance.ts";
import { cannotTrain } from "./cannot_train.ts";
import { labelRows } from "./label_rows.ts";
import type { EmbeddedBatch } from "./loss.ts";

/**
 * Wants text columns, and vectors as labels.
 *
 * @param loss The name of the loss, for messages.
 * @param found The text columns, and what is known of the labels.
 * @param width Length of a teacher's embedding; null where it is not known yet.
 * @throws {UsageError} If there are no columns, no vectors, or vectors of another length.
 */
export function checkTeacherVectors(
  loss: string,
  { columns, labels }: { columns: readonly string[]; labels: LabelFacts | null },
  width: number | null,
): void {
  if (columns.length === 0) throw cannotTrain(loss, columns, "at least one");
  const fits = width === null
    ? labels !== null && labels.width > 1
    : labels !== null && [width, columns.length * width].includes(labels.width);
  if (!fits) {
    const numbers = width === null ? "numbers" : `${width} numbers`;
    throw cannotTrain(
      loss,
      labels,
      `as labels the embeddings of a teacher, ${numbers} for each row, or as many for each of its ${columns.length} texts (${loss} requires pre-computed teacher embeddings as labels)`,
    );
  }
}

/**
 * The mean distance of all texts of a batch from what a teacher made of them.
 *
 * @param tape Runs and records.
 * @param batch Labels of one vector a row hold for the texts of all columns; longer ones have a part for
 *   each column.
 * @param options The embeddings to compare, those of the batch or a projection of them, the metric, and
 *   the name of the loss.
 * @returns A scalar.
 * @throws {UsageError} If labels are of another length than the embeddings.
 */
export function teacherDistance(
  tape: Tape,
  batch: EmbeddedBatch,
  { x, metric, loss }: { x: Tensor; metric: TargetMetric; loss: string },
): Tensor {
  const targets = labelRows(loss, batch);
  const wanted = [x.columns, batch.columns.length * x.columns];
  if (!wanted.includes(targets.columns)) {
    throw new UsageError(
      `Cannot train with ${loss}: found labels of ${targets.columns} numbers a row for embeddings of ${x.columns}, wanted ${x.columns}, or as many for each of ${batch.columns.length} texts; take another teacher, or a projection to its length`,
    );
  }
  const terms = targetDistance(tape, { x, targets, metric });
  return scaledSum(tape, terms, 1 / terms.size);
}
