/**
 * Mean squared error of embeddings in float64: value and gradient.
 *
 * @module
 */

/** The mean of all squares; `targets` has a number for each of `embeddings`, or repeats. */
export function mseLoss(embeddings: Float64Array, targets: Float64Array) {
  const n = embeddings.length;
  const errors = embeddings.map((value, i) => value - targets[i % targets.length]);
  return {
    loss: errors.reduce((sum, error) => sum + error ** 2 / n, 0),
    dEmbeddings: errors.map((error) => 2 * error / n),
  };
}
