/**
 * The pooler of a new model.
 *
 * @module
 */
import type { NamedArray } from "../io/safetensors.ts";
import { normal } from "../nn/initialize.ts";

/**
 * Makes a pooler. It is not trained, but transformers warns about a model without one.
 *
 * @param width Columns of a token vector, C.
 * @param seed Seed of its values.
 * @returns Its tensors by name.
 */
export function newPooler(width: number, seed: number): Map<string, NamedArray> {
  const weight = { name: "pooler.dense.weight", shape: [width, width] };
  return new Map([
    [weight.name, { shape: weight.shape, data: normal(0.02, seed)(weight) }],
    ["pooler.dense.bias", { shape: [width], data: new Float32Array(width) }],
  ]);
}
