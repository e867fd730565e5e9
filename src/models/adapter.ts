/**
 * The adapter of a model: low-rank updates of its linear layers, which alone are trained and saved.
 *
 * @module
 */
import { InputError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { type ParameterPart, ParameterStore } from "../gpu/parameter_slab.ts";
import type { AdapterConfig } from "../io/adapter_config.ts";
import type { ModelDirectory } from "../io/read_model_directory.ts";
import type { SafetensorsFile } from "../io/safetensors.ts";
import { Linear } from "../nn/linear.ts";
import { loraConfig, loraScale } from "./lora_config.ts";
import { loraTargets } from "./lora_targets.ts";
import type { FloatArray } from "./merged_weights.ts";
import type { LoadOptions } from "./model_options.ts";

/** What precedes a parameter's name in PEFT's files. */
const PREFIX = "base_model.model.";

/** What an {@linkcode Adapter} is made from. */
export interface AdapterInit {
  /** What it computes, and of which model. */
  readonly config: AdapterConfig;
  /** Its weights; null to begin with initial values. */
  readonly weights: SafetensorsFile | null;
}

/** How an {@linkcode Adapter} is brought to the GPU. */
export interface AdapterOptions {
  /** The device. */
  readonly gpu: Gpu;
  /** Whether it will be trained. */
  readonly trainable: boolean;
  /** Seed of initial values. */
  readonly seed: number;
}

/** An adapter whose parameters are on the GPU. */
export class Adapter {
  /** What it computes, and of which model. */
  readonly config: AdapterConfig;
  /** Its parameters. */
  readonly store: ParameterStore;
  readonly #gpu: Gpu;
  readonly #linears: readonly Linear[];

  /**
   * Gives layers their updates.
   *
   * @param linears The linear layers of the model.
   * @param init Configuration and weights.
   * @param options The device, whether it is trained, and the seed of initial values.
   */
  private constructor(
    linears: readonly Linear[],
    { config, weights }: AdapterInit,
    { gpu, trainable, seed }: AdapterOptions,
  ) {
    const { r: rank, lora_dropout: dropout } = config;
    const names = linears.flatMap((linear) => linear.names);
    const targets = weights === null
      ? loraTargets(config.target_modules, names)
      : storedLayers(weights, names);
    // All layers are listed one by one, for upstream has one more, the pooler's, that is not used here.
    const target_modules = config.target_modules === "all-linear"
      ? [...targets].sort()
      : config.target_modules;
    this.config = { ...config, target_modules };
    this.store = new ParameterStore(gpu);
    this.#gpu = gpu;
    this.#linears = linears;
    const options = { rank, scale: loraScale(config), dropout, seed };
    for (const linear of linears) linear.adapt(this.store, targets, options);
    if (weights !== null) {
      for (const { init } of this.store.parameters) {
        for (const part of init.parts) checkPart(weights, part);
      }
    }
    try {
      this.store.allocate((part) => weights && readPart(weights, part), trainable);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  /**
   * Makes an adapter.
   *
   * @param base Where the linear layers are declared.
   * @param init What it is made from; undefined for none.
   * @param options The device, whether it is trained, and the seed of initial values.
   * @returns The adapter; null for none.
   * @throws {UsageError} If a target means no layer.
   * @throws {InputError} If the weights are of another model or another rank.
   */
  static of(
    base: ParameterStore,
    init: AdapterInit | undefined,
    options: AdapterOptions,
  ): Adapter | null {
    return init === undefined ? null : new Adapter(Linear.of(base), init, options);
  }

  /**
   * What the adapter of a model that is read is made from.
   *
   * @param directory The model's files.
   * @param options What the caller wants.
   * @param path The directory, for a new adapter's configuration.
   * @returns It; undefined for no adapter.
   * @throws {UsageError} If there is an adapter and another is wanted, or the wanted one has no sense.
   */
  static initOf(
    { adapter, config }: ModelDirectory,
    options: LoadOptions,
    path: string,
  ): AdapterInit | undefined {
    if (options.adapter === undefined) return adapter;
    if (adapter === undefined) {
      const model = { type: config.model_type, base: path };
      return { config: loraConfig(options.adapter, model), weights: null };
    }
    throw new UsageError(
      `Cannot give ${path} an adapter: it has one; leave the option out to go on with that one, or merge it and save the model first`,
    );
  }

  /** Reads the weights back, for saving. */
  async download(): Promise<{ config: AdapterConfig; weights: Map<string, FloatArray> }> {
    const values = await this.store.download();
    const weights = new Map([...values].map(([name, value]) => [PREFIX + name, value]));
    return { config: this.config, weights };
  }

  /**
   * Puts the weights of a file in place of its own.
   *
   * @param weights The file.
   * @throws {InputError} If they are of another model or another rank.
   */
  upload(weights: SafetensorsFile): void {
    this.store.upload((part) => readPart(weights, part));
  }

  /**
   * Adds the updates to the weights of their layers, and frees them.
   *
   * @param adapter The adapter.
   * @returns What the model's adapter is then: null.
   * @throws {UsageError} If there is none.
   */
  static merge(adapter: Adapter | null): null {
    if (adapter === null) {
      throw new UsageError("Cannot merge the adapter: the model has none; load one that has");
    }
    for (const linear of adapter.#linears) linear.merge(adapter.#gpu);
    adapter.destroy();
    return null;
  }

  /**
   * Refuses to copy a model that has an adapter.
   *
   * @param adapter The model's adapter; null for none.
   * @throws {UsageError} If there is one.
   */
  static refuseCopy(adapter: Adapter | null): void {
    if (adapter === null) return;
    throw new UsageError(
      "Cannot train a copy of the model beside it: the model has an adapter, and its copy would have none; use a loss that wants no second model, or a model without adapter",
    );
  }

  /** Frees its parameters. */
  destroy(): void {
    this.store.destroy();
  }
}

/** The layers that a file has updates of; those of the pooler, which is not used, are passed over. */
function storedLayers(weights: SafetensorsFile, names: readonly string[]): ReadonlySet<string> {
  const known = new Set(names);
  const stored = new Set<string>();
  for (const key of weights.entries.keys()) {
    const name = /^base_model\.model\.(.+)\.lora_[AB]\.weight$/.exec(key)?.[1];
    if (name?.startsWith("pooler.")) continue;
    if (name === undefined || !known.has(name)) {
      throw new InputError(
        `Cannot read tensor "${key}" of ${weights.source}: it belongs to none of the linear layers of the model, such as "${
          names[0]
        }"; was the adapter made for another model?`,
      );
    }
    stored.add(name);
  }
  return stored;
}

function readPart(weights: SafetensorsFile, part: ParameterPart): Float32Array<ArrayBuffer> {
  checkPart(weights, part);
  return weights.readFloat32(PREFIX + part.name);
}

function checkPart(weights: SafetensorsFile, part: ParameterPart): void {
  const key = PREFIX + part.name;
  const { shape } = weights.entry(key);
  if (shape.join() === part.shape.join()) return;
  throw new InputError(
    `Cannot read tensor "${key}" of ${weights.source}: its shape is [${
      shape.join(", ")
    }], the adapter's configuration and the model ask for [${part.shape.join(", ")}]`,
  );
}
