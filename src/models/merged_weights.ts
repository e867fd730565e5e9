/**
 * The weights of a model with its adapter's updates in them.
 *
 * @module
 */
import type { AdapterConfig } from "../io/adapter_config.ts";
import type { NamedArray } from "../io/safetensors.ts";
import { loraScale } from "./lora_config.ts";

/** Values of f32 and their shape. */
export interface FloatArray extends NamedArray {
  /** As many values as the product of `shape`. */
  readonly data: Float32Array;
}

/**
 * W + scale B A for every updated weight W, in float64 and rounded once.
 *
 * @param weights The model's weights by name, f32.
 * @param adapter The adapter, with PEFT's names.
 * @returns All weights; those without an update are the given ones.
 */
export function mergedWeights(
  weights: ReadonlyMap<string, FloatArray>,
  adapter: { config: AdapterConfig; weights: ReadonlyMap<string, FloatArray> },
): Map<string, FloatArray> {
  const scale = loraScale(adapter.config);
  const merged = new Map<string, FloatArray>();
  for (const [name, weight] of weights) {
    const update = (which: "A" | "B") =>
      adapter.weights.get(`base_model.model.${name.replace(/\.weight$/, `.lora_${which}.weight`)}`);
    const [a, b] = [update("A"), update("B")];
    const isUpdated = a !== undefined && b !== undefined;
    merged.set(name, isUpdated ? { ...weight, data: sum(weight, { a, b, scale }) } : weight);
  }
  return merged;
}

function sum(
  { data, shape: [rows, columns] }: FloatArray,
  { a, b, scale }: { a: FloatArray; b: FloatArray; scale: number },
): Float32Array<ArrayBuffer> {
  const [rank] = a.shape;
  const result = new Float32Array(data.length);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    row.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = b.data[i * rank + k];
      for (let j = 0; j < columns; j++) row[j] += factor * a.data[k * columns + j];
    }
    for (let j = 0; j < columns; j++) {
      result[i * columns + j] = data[i * columns + j] + scale * row[j];
    }
  }
  return result;
}
