/**
 * The tiny encoders of tests/golden, with their weights or with initial values.
 *
 * @module
 */
import { collate } from "../../src/data/collator.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import type { Encoder } from "../../src/models/encoder.ts";
import { createEncoder } from "../../src/models/names.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { Tape, type TapeOptions } from "../../src/ops/tape.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";

/** An encoder whose parameters are declared; `allocate` them before it runs. */
export interface TinyEncoder {
  store: ParameterStore;
  encoder: Encoder;
}

/**
 * Declares the parameters of a tiny encoder.
 *
 * @param gpu The device.
 * @param kind The architecture, as the files of tests/golden have it.
 * @param change Keys of the configuration that differ.
 */
export async function tinyEncoder(
  gpu: Gpu,
  kind: string,
  change: Record<string, unknown> = {},
): Promise<TinyEncoder> {
  const store = new ParameterStore(gpu);
  const config = { ...await goldenConfig(kind), ...change };
  return { store, encoder: createEncoder(store, config, 42, "dir/config.json") };
}

/** Token vectors of the golden batch, after every layer. */
export async function hiddenLayers(
  gpu: Gpu,
  encoder: Encoder,
  options: TapeOptions = {},
): Promise<Float32Array[]> {
  const { sequences } = await readGolden();
  const ids = sequences.map((sequence) => Uint32Array.from(sequence));
  const tape = new Tape(gpu, options);
  const input = uploadPackedInput(tape, collate([{ name: "text", sequences: ids }]));
  const layers: Float32Array[] = [];
  for (const layer of encoder.forwardLayers(tape, input)) layers.push(await gpu.read(layer));
  tape.end();
  return layers;
}

/** Initial values of all parameters by name. */
export async function initialValues(store: ParameterStore): Promise<Map<string, Float32Array>> {
  store.allocate(() => null, false);
  const values = await store.download();
  store.destroy();
  return new Map([...values].map(([name, { data }]) => [name, data]));
}
