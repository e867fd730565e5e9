/**
 * The labels of a batch as rows.
 *
 * @module
 */
import { Tensor } from "../gpu/tensor.ts";
import type { EmbeddedBatch } from "./loss.ts";

/**
 * Looks at the labels of a batch as a matrix, without a copy.
 *
 * @param loss The name of the loss, for messages.
 * @param batch The batch; its labels lie one row after the other.
 * @returns The same numbers, [B, W].
 * @throws {TypeError} If there are no labels, or rows would have labels of different lengths.
 */
export function labelRows(loss: string, { labels, columns }: EmbeddedBatch): Tensor {
  if (labels === null) throw new TypeError(`Cannot run ${loss}: the batch has no labels`);
  const rows = columns[0].count;
  const width = labels.size / rows;
  if (!Number.isInteger(width) || width === 0) {
    throw new TypeError(
      `Cannot run ${loss}: found ${labels.size} labels for ${rows} rows, wanted as many for each row`,
    );
  }
  const { allocation, byteOffset, label } = labels;
  return new Tensor({ allocation, byteOffset, label, shape: [rows, width] });
}
