/**
 * A linear layer with its parameters.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { addColumns } from "../ops/add_columns.ts";
import { linear } from "../ops/linear.ts";
import type { Tape } from "../ops/tape.ts";
import { constant, type Initializer } from "./initialize.ts";
import { Lora, type LoraOptions } from "./lora.ts";

/** What a {@linkcode Linear} is made of. */
export interface LinearInit {
  /** Names in files, without ".weight"; several where one product computes several layers. */
  names: readonly string[];
  /** Columns in. */
  width: number;
  /** Columns out of one named layer. */
  columns: number;
  /** Initial values of the weight; the bias begins as zero. */
  initialize: Initializer;
  /** Whether there is a bias. Default: true. */
  bias?: boolean;
}

/** y = x weight^T + bias, or without a bias; and the low-rank updates of its named layers. */
export class Linear {
  static readonly #of = new WeakMap<ParameterStore, Linear[]>();
  readonly #init: LinearInit;
  readonly #weight: Parameter;
  readonly #bias: Parameter | null;
  readonly #updates: { lora: Lora; first: number }[] = [];

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: LinearInit) {
    const { names, width, columns, initialize, bias = true } = init;
    this.#init = init;
    this.#weight = store.declare({
      parts: names.map((name) => ({ name: `${name}.weight`, shape: [columns, width] })),
      shape: [names.length * columns, width],
      decay: true,
      initialize,
    });
    this.#bias = !bias ? null : store.declare({
      parts: names.map((name) => ({ name: `${name}.bias`, shape: [columns] })),
      shape: [names.length * columns],
      decay: false,
      initialize: constant(0),
    });
    Linear.#of.set(store, [...Linear.of(store), this]);
  }

  /** The linear layers whose parameters live in a store, in order of declaration. */
  static of(store: ParameterStore): readonly Linear[] {
    return Linear.#of.get(store) ?? [];
  }

  /** The named layers that it computes. */
  get names(): readonly string[] {
    return this.#init.names;
  }

  /**
   * Gives some of its named layers low-rank updates.
   *
   * @param store Where the updates' parameters live.
   * @param names The layers; names that are not its own are passed over.
   * @param options Rank, factor, dropout and seed.
   */
  adapt(store: ParameterStore, names: ReadonlySet<string>, options: LoraOptions): void {
    const { width, columns } = this.#init;
    for (const [i, name] of this.names.entries()) {
      if (!names.has(name)) continue;
      const lora = new Lora(store, { name, width, columns }, options);
      this.#updates.push({ lora, first: i * columns });
    }
  }

  /** Adds the updates to the weight; then there are none any more. */
  merge(gpu: Gpu): void {
    for (const { lora, first } of this.#updates.splice(0)) {
      lora.addTo(gpu, this.#weight.value, first);
    }
  }

  /** Runs the layer: [T, width] to [T, columns of all names]. */
  forward(tape: Tape, x: Tensor): Tensor {
    const run = () => linear(tape, { x, weight: this.#weight.value, bias: this.#bias?.value });
    if (this.#updates.length === 0) return run();
    return tape.scope(() => {
      const y = run();
      const parts = this.#updates.map(({ lora, first }) => ({ x: lora.forward(tape, x), first }));
      return addColumns(tape, y, parts);
    });
  }
}
