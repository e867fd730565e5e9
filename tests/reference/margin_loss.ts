/**
 * How much closer positives are than negatives, in float64, forward and backward.
 *
 * @module
 */

/** Mean over i of relu(p_i - n_i + margin), or softplus(p_i - n_i) for a margin of null; p, then n. */
export function marginLoss(distances: Float64Array, margin: number | null): number {
  const excess = excesses(distances, margin);
  const terms = excess.map((t) => {
    if (margin !== null) return Math.max(t, 0);
    return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  });
  return terms.reduce((sum, t) => sum + t, 0) / excess.length;
}

/** The gradient of the distances. */
export function marginLossBackward(
  distances: Float64Array,
  margin: number | null,
  dLoss: number,
): Float64Array {
  const excess = excesses(distances, margin);
  const slopes = excess.map((t) => {
    const slope = margin !== null ? Number(t > 0) : 1 / (1 + Math.exp(-t));
    return slope * dLoss / excess.length;
  });
  return Float64Array.of(...slopes, ...slopes.map((slope) => -slope));
}

function excesses(distances: Float64Array, margin: number | null): Float64Array {
  const pairs = distances.length / 2;
  return distances.slice(0, pairs).map((p, i) => p - distances[pairs + i] + (margin ?? 0));
}
