/**
 * A linear layer with its parameters.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { linear } from "../ops/linear.ts";
import type { Tape } from "../ops/tape.ts";
import { constant, type Initializer } from "./initialize.ts";

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
}

/** y = x weight^T + bias. */
export class Linear {
  readonly #weight: Parameter;
  readonly #bias: Parameter;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, { names, width, columns, initialize }: LinearInit) {
    this.#weight = store.declare({
      parts: names.map((name) => ({ name: `${name}.weight`, shape: [columns, width] })),
      shape: [names.length * columns, width],
      decay: true,
      initialize,
    });
    this.#bias = store.declare({
      parts: names.map((name) => ({ name: `${name}.bias`, shape: [columns] })),
      shape: [names.length * columns],
      decay: false,
      initialize: constant(0),
    });
  }

  /** Runs the layer: [T, width] to [T, columns of all names]. */
  forward(tape: Tape, x: Tensor): Tensor {
    return linear(tape, { x, weight: this.#weight.value, bias: this.#bias.value });
  }
}
