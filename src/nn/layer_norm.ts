/**
 * Layer normalisation with its parameters.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { layerNorm } from "../ops/layer_norm.ts";
import { residualNorm } from "../ops/residual_norm.ts";
import type { Tape } from "../ops/tape.ts";
import { constant } from "./initialize.ts";

/** Normalises every row, then scales and perhaps shifts its columns. */
export class LayerNorm {
  readonly #gain: Parameter;
  readonly #bias: Parameter | null;
  readonly #epsilon: number;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param name Their name in files, without ".weight".
   * @param width Columns of a row.
   * @param epsilon Added to the variance.
   * @param bias Whether columns are shifted.
   */
  constructor(
    store: ParameterStore,
    name: string,
    width: number,
    epsilon: number,
    bias: boolean = true,
  ) {
    const declare = (suffix: string, value: number) =>
      store.declare({
        parts: [{ name: `${name}.${suffix}`, shape: [width] }],
        shape: [width],
        decay: false,
        initialize: constant(value),
      });
    this.#gain = declare("weight", 1);
    this.#bias = bias ? declare("bias", 0) : null;
    this.#epsilon = epsilon;
  }

  /** Runs the layer: [T, width] to [T, width]. */
  forward(tape: Tape, x: Tensor): Tensor {
    return layerNorm(tape, { x, ...this.#parameters() });
  }

  /**
   * Runs the layer on the sum of what goes past a branch and of what the branch gives.
   *
   * @param tape Runs and records.
   * @param residual What goes past, [T, width].
   * @param options What the branch gives, in the same shape, and the probability of dropping its elements.
   * @returns Token vectors, [T, width].
   */
  join(
    tape: Tape,
    residual: Tensor,
    { branch, dropout }: { branch: Tensor; dropout: number },
  ): Tensor {
    return residualNorm(tape, { residual, branch, dropout, ...this.#parameters() });
  }

  #parameters(): { gain: Tensor; bias?: Tensor; epsilon: number } {
    return { gain: this.#gain.value, bias: this.#bias?.value, epsilon: this.#epsilon };
  }
}
