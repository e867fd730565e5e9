/**
 * Clipping of gradients by their global norm in float64 (Pascanu et al., "On the difficulty of training
 * recurrent neural networks", 2013; as torch.nn.utils.clip_grad_norm_).
 *
 * @module
 */

/** Result of {@linkcode clipGradNorm}. */
export interface ClippedNorm {
  /** Euclidean norm of all gradients together, before clipping. */
  norm: number;
  /** What every gradient is to be multiplied by, at most 1. */
  coefficient: number;
}

/** coefficient = min(1, maxNorm / (norm + 1e-6)). */
export function clipGradNorm(gradients: Iterable<Float64Array>, maxNorm: number): ClippedNorm {
  let squares = 0;
  for (const gradient of gradients) {
    for (const value of gradient) squares += value * value;
  }
  const norm = Math.sqrt(squares);
  return { norm, coefficient: Math.min(1, maxNorm / (norm + 1e-6)) };
}
