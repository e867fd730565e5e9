/**
 * The pooler of a new model.
 *
 * @module
 */
import type { JsonObject } from "../io/json.ts";
import { firstModule } from "../io/model_modules.ts";
import type { NamedArray } from "../io/safetensors.ts";
import { normal } from "../nn/initialize.ts";

/** Architectures that have no pooler. */
const WITHOUT_POOLER: ReadonlySet<unknown> = new Set(["distilbert", "modernbert"]);

/**
 * Makes a pooler. It is not trained, but transformers warns about a model without one.
 *
 * @param config The content of the model's `config.json`.
 * @param options Columns of a token vector, C, and seed of its values.
 * @returns Its tensors by name; none where the model has no pooler.
 */
export function newPooler(
  config: JsonObject,
  { width, seed }: { width: number; seed: number },
): Map<string, NamedArray> {
  const isTable = firstModule(config) === "StaticEmbedding";
  if (isTable || WITHOUT_POOLER.has(config.model_type)) return new Map();
  const weight = { name: "pooler.dense.weight", shape: [width, width] };
  return new Map([
    [weight.name, { shape: weight.shape, data: normal(0.02, seed)(weight) }],
    ["pooler.dense.bias", { shape: [width], data: new Float32Array(width) }],
  ]);
}
