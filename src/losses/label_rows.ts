/**
 * The labels of a batch as rows.
 *
 * @module
 */
import { Tensor } from "../gpu/tensor.ts";
import type { EmbeddedBatch } from "./loss.ts";
import { requiredLabels } from "./required_labels.ts";

/**
 * Looks at the labels of a batch as a matrix, without a copy.
 *
 * @param loss The name of the loss, for messages.
 * @param batch The batch; its labels lie one row after the other.
 * @returns The same numbers, [B, W].
 * @throws {TypeError} If there are no labels, or rows would have labels of different lengths.
 */
export function labelRows(loss: string, batch: EmbeddedBatch): Tensor {
  const labels = requiredLabels(loss, batch);
  const rows = batch.columns[0].count;
  const width = labels.size / rows;
  if (!Number.isInteger(width) || width === 0) {
    throw new TypeError(
      `Cannot run ${loss}: found ${labels.size} labels for ${rows} rows, wanted as many for each row`,
    );
  }
  const { allocation, byteOffset, label } = labels;
  return new Tensor({ allocation, byteOffset, label, shape: [rows, width] });
}
