/**
 * Embeddings as a smaller store would keep them, for evaluating what that costs.
 *
 * @module
 */

import type { Embeddings } from "./embedder.ts";

/** How the components of embeddings are stored. */
export type EmbeddingPrecision = "float32" | "int8" | "uint8" | "binary" | "ubinary";

/** The precisions in which embeddings can be stored, as upstream. */
export const EMBEDDING_PRECISIONS: readonly EmbeddingPrecision[] = [
  "float32",
  "int8",
  "uint8",
  "binary",
  "ubinary",
];

/**
 * Scales embeddings to unit length and rounds them to a precision; the result holds the values that
 * are stored, as numbers.
 *
 * `float32` keeps them. `int8` and `uint8` divide the range from the smallest to the largest value of
 * each dimension into 255 steps and cut towards zero; a dimension without a range becomes its first
 * step. `binary` and `ubinary` keep one bit a dimension, 1 for values above 0; both compare alike.
 *
 * Source: sentence-transformers, `quantize_embeddings`, with the ranges of the embeddings themselves.
 *
 * @param embeddings `[N, C]`
 * @param precision how components are stored
 * @returns `[N, C]`
 */
export function quantize(embeddings: Embeddings, precision: EmbeddingPrecision): Embeddings {
  const { rows, columns } = embeddings;
  const data = unitRows(embeddings);
  if (precision === "binary" || precision === "ubinary") {
    return { data: data.map((value) => value > 0 ? 1 : 0), rows, columns };
  }
  if (precision === "int8" || precision === "uint8") {
    for (let c = 0; c < columns; c++) quantizeDimension(data, c, columns, precision);
  }
  return { data, rows, columns };
}

function unitRows({ data, columns }: Embeddings): Float32Array {
  const scaled = data.slice();
  for (let start = 0; start < scaled.length; start += columns) {
    let squares = 0;
    for (let c = start; c < start + columns; c++) squares += scaled[c] * scaled[c];
    const length = Math.max(Math.sqrt(squares), 1e-12);
    for (let c = start; c < start + columns; c++) scaled[c] /= length;
  }
  return scaled;
}

function quantizeDimension(
  data: Float32Array,
  c: number,
  columns: number,
  precision: "int8" | "uint8",
): void {
  let [least, most] = [Infinity, -Infinity];
  for (let i = c; i < data.length; i += columns) {
    least = Math.min(least, data[i]);
    most = Math.max(most, data[i]);
  }
  const step = (most - least) / 255;
  const shift = precision === "int8" ? 128 : 0;
  for (let i = c; i < data.length; i += columns) {
    const place = step === 0 ? 0 : (data[i] - least) / step;
    data[i] = Math.trunc(place - shift);
  }
}
