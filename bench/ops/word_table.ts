/**
 * The largest parameter of a small encoder, for benches of what runs over all parameters.
 *
 * @module
 */
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";

const WORDS = 30522;

/**
 * A table of word embeddings with its gradient.
 *
 * @param gpu The device.
 * @param columns Columns of a word.
 * @returns The store that holds it alone.
 */
export function wordTable(gpu: Gpu, columns: number): ParameterStore {
  const store = new ParameterStore(gpu);
  const shape = [WORDS, columns];
  store.declare({
    parts: [{ name: "words", shape }],
    shape,
    decay: true,
    initialize: () => new Float32Array(WORDS * columns).map((_, i) => Math.sin(i)),
  });
  store.allocate(() => null, true);
  return store;
}
