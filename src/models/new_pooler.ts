/**
 * The pooler of a new model.
 *
 * @module
 */
import type { JsonObject } from "../io/json.ts";
import type { NamedArray } from "../io/safetensors.ts";
import { normal } from "../nn/initialize.ts";

/** A table of token vectors has no `model_type`; the others are architectures that have no pooler. */
const WITHOUT_POOLER: ReadonlySet<unknown> = new Set([undefined, "distilbert", "modernbert"]);

/**
 * Makes a pooler. It is not trained, but transformers warns about a model without one.
 *
 * @param config The content of the model's `config.json`.
 * @param options Columns of a token vector, C, and seed of its values.
 * @returns Its tensors by name; none where the architecture has no pooler.
 */
export function newPooler(
  { model_type: type }: JsonObject,
  { width, seed }: { width: number; seed: number },
): Map<string, NamedArray> {
  if (WITHOUT_POOLER.has(type)) return new Map();
  const weight = { name: "pooler.dense.weight", shape: [width, width] };
  return new Map([
    [weight.name, { shape: weight.shape, data: normal(0.02, seed)(weight) }],
    ["pooler.dense.bias", { shape: [width], data: new Float32Array(width) }],
  ]);
}
