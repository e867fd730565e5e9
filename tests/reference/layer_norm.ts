/**
 * Layer normalisation in float64, forward and backward (Ba et al., "Layer Normalization", 2016).
 *
 * @module
 */

/** Operands of {@linkcode layerNorm}. */
export interface LayerNormInput {
  /** [T, C] */
  x: Float64Array;
  /** [C] */
  gain: Float64Array;
  /** [C] */
  bias: Float64Array;
  C: number;
  /** Added to the variance. */
  eps: number;
}

/** Gradients of {@linkcode layerNorm}, each in the shape of its operand. */
export interface LayerNormGradients {
  dX: Float64Array;
  dGain: Float64Array;
  dBias: Float64Array;
}

/** y[T, C] = (x - mean) / sqrt(variance + eps) * gain + bias; moments of a row, variance over C. */
export function layerNorm(input: LayerNormInput): Float64Array {
  const { gain, bias, C } = input;
  return normalize(input).normalized.map((value, index) =>
    value * gain[index % C] + bias[index % C]
  );
}

/** With z the normalised row and dZ = dY gain: dX = (dZ - mean(dZ) - z mean(dZ z)) / deviation. */
export function layerNormBackward(input: LayerNormInput, dY: Float64Array): LayerNormGradients {
  const { gain, C } = input;
  const { normalized, deviations } = normalize(input);
  const dX = new Float64Array(dY.length);
  const dGain = new Float64Array(C);
  const dBias = new Float64Array(C);
  for (let t = 0; t < deviations.length; t++) {
    let meanDZ = 0;
    let meanDZZ = 0;
    for (let c = 0; c < C; c++) {
      const z = normalized[t * C + c];
      const dZ = dY[t * C + c] * gain[c];
      dGain[c] += dY[t * C + c] * z;
      dBias[c] += dY[t * C + c];
      meanDZ += dZ / C;
      meanDZZ += dZ * z / C;
    }
    for (let c = 0; c < C; c++) {
      const dZ = dY[t * C + c] * gain[c];
      dX[t * C + c] = (dZ - meanDZ - normalized[t * C + c] * meanDZZ) / deviations[t];
    }
  }
  return { dX, dGain, dBias };
}

function normalize(
  { x, C, eps }: LayerNormInput,
): { normalized: Float64Array; deviations: Float64Array } {
  const normalized = new Float64Array(x.length);
  const deviations = new Float64Array(x.length / C);
  for (let t = 0; t < deviations.length; t++) {
    const row = x.subarray(t * C, (t + 1) * C);
    const mean = row.reduce((sum, value) => sum + value, 0) / C;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / C;
    deviations[t] = Math.sqrt(variance + eps);
    for (let c = 0; c < C; c++) normalized[t * C + c] = (row[c] - mean) / deviations[t];
  }
  return { normalized, deviations };
}
