/**
 * Cross entropy of sigmoids in float64, forward and backward.
 *
 * @module
 */

/** terms_i = -y_i log sigmoid(z_i) - (1 - y_i) log(1 - sigmoid(z_i)) */
export function binaryCrossEntropy(logits: Float64Array, labels: Float64Array): Float64Array {
  return logits.map((z, i) => Math.max(z, 0) - z * labels[i] + Math.log1p(Math.exp(-Math.abs(z))));
}

/** The gradient of the logits: (sigmoid(z_i) - y_i) dTerms_i. */
export function binaryCrossEntropyBackward(
  logits: Float64Array,
  labels: Float64Array,
  dTerms: Float64Array,
): Float64Array {
  return logits.map((z, i) => (1 / (1 + Math.exp(-z)) - labels[i]) * dTerms[i]);
}
