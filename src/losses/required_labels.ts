/**
 * The labels of a batch whose loss cannot do without.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { EmbeddedBatch } from "./loss.ts";

/**
 * The labels of a batch.
 *
 * @param loss The name of the loss, for the message.
 * @param batch The batch.
 * @returns Its labels.
 * @throws {TypeError} If it has none.
 */
export function requiredLabels(loss: string, { labels }: EmbeddedBatch): Tensor {
  if (labels === null) {
    throw new TypeError(`Cannot run ${loss}: the batch has no labels, wanted one a row`);
  }
  return labels;
}
