/**
 * One step of Adafactor in float64 without first moment and with the learning rate as given (Shazeer and
 * Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018, algorithms 4 and 5).
 *
 * @module
 */

/** A tensor, its gradient and its second moment. */
export interface AdafactorState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** Means over rows, or the whole second moment of a vector; zero before the first step. */
  row: Float64Array;
  /** Means over columns; empty for a vector. */
  column: Float64Array;
}

/** Settings of {@linkcode adafactor}. */
export interface AdafactorOptions {
  /** Number of this step, from 1. */
  step: number;
  learningRate: number;
  weightDecay: number;
}

/** The tensor and the moments after the step; what was passed stays as it was. */
export function adafactor(
  { parameter, gradient, row, column }: AdafactorState,
  { step, learningRate, weightDecay }: AdafactorOptions,
): Omit<AdafactorState, "gradient"> {
  const rest = step ** -0.8;
  const square = gradient.map((value) => value ** 2 + 1e-30);
  const mix = (old: number, now: number) => (1 - rest) * old + rest * now;
  let estimate: (i: number) => number;
  let newRow: Float64Array;
  let newColumn = column;
  if (column.length === 0) {
    newRow = row.map((value, i) => mix(value, square[i]));
    estimate = (i) => newRow[i];
  } else {
    const width = column.length;
    newRow = row.map((value, r) => mix(value, mean(square.subarray(r * width, (r + 1) * width))));
    newColumn = column.map((value, c) =>
      mix(value, mean(square.filter((_, i) => i % width === c)))
    );
    const whole = mean(newRow);
    estimate = (i) => newRow[Math.floor(i / width)] * newColumn[i % width] / whole;
  }
  const update = gradient.map((value, i) => value / Math.sqrt(estimate(i)));
  const clip = Math.max(1, Math.sqrt(mean(update.map((value) => value ** 2))));
  return {
    parameter: parameter.map((value, i) =>
      value - learningRate * weightDecay * value - learningRate * update[i] / clip
    ),
    row: newRow,
    column: newColumn,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
