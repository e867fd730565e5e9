/**
 * Weights as 8-bit integers, for exports.
 *
 * @module
 */

/** The largest integer that a weight becomes. */
const LARGEST = 127;

/** Integers and what they are multiples of. */
export interface QuantizedWeight<Values> {
  /** The integers. */
  readonly values: Values;
  /** The unit of each row of the weight. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds every row of a table to multiples of 1/127 of its largest entry.
 *
 * @param data The table, [rows, columns].
 * @param rows How many.
 * @returns Integers from -127 to 127 in the same order.
 */
export function quantizedRows(
  data: Float32Array,
  rows: number,
): QuantizedWeight<Int8Array<ArrayBuffer>> {
  const columns = data.length / rows;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = data.subarray(row * columns, (row + 1) * columns);
    const unit = scales[row] = unitOf(from);
    for (let i = 0; i < columns; i++) values[row * columns + i] = Math.round(from[i] / unit);
  }
  return { values, scales };
}

/**
 * Rounds the weight of a linear layer, transposed: every column of the result of the layer has a unit.
 *
 * The integers are unsigned, around 128. Of two operands of 8 bits, one signed, some processors without VNNI
 * add pairs of products in 16 bits, which are too few; of unsigned ones all runtimes add them in 32.
 *
 * @param data The weight, [columns, inner].
 * @param columns How many.
 * @returns Integers from 1 to 255, [inner, columns], and which of them is zero.
 */
export function quantizedColumns(
  data: Float32Array,
  columns: number,
): QuantizedWeight<Uint8Array<ArrayBuffer>> & {
  /** The integer that stands for zero. */
  readonly zero: number;
} {
  const inner = data.length / columns;
  const rows = quantizedRows(data, columns);
  const zero = LARGEST + 1;
  const values = new Uint8Array(data.length);
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < inner; i++) {
      values[i * columns + column] = rows.values[column * inner + i] + zero;
    }
  }
  return { values, scales: rows.scales, zero };
}

/** A row of zeros has any unit. */
function unitOf(row: Float32Array): number {
  let largest = 0;
  for (const value of row) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 1 : Math.fround(largest / LARGEST);
}
