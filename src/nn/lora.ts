/**
 * A low-rank update of a linear layer.
 *
 * @module
 */
import { Random } from "../data/random.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Parameter, ParameterPart, ParameterStore } from "../gpu/parameter_slab.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { matmul } from "../ops/matmul.ts";
import type { Tape } from "../ops/tape.ts";
import { constant } from "./initialize.ts";

/** How layers are updated. */
export interface LoraOptions {
  /** Rows of A and columns of B, r. */
  readonly rank: number;
  /** Factor of the update. */
  readonly scale: number;
  /** Probability of dropping an element of what the update reads. */
  readonly dropout: number;
  /** Seed of A. */
  readonly seed: number;
}

/** The layer that is updated. */
export interface LoraLayer {
  /** Its name in files, without ".weight". */
  readonly name: string;
  /** Columns in, K. */
  readonly width: number;
  /** Columns out, N. */
  readonly columns: number;
}

/**
 * scale dropout(x) A^T B^T, which is added to what a linear layer gives.
 *
 * A[r, K] begins uniform within 1 / sqrt(K), B[N, r] as zero, so that the update begins as none. Source:
 * Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021; names and initial values as in
 * PEFT.
 */
export class Lora {
  readonly #layer: LoraLayer;
  readonly #options: LoraOptions;
  readonly #a: Parameter;
  readonly #b: Parameter;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param layer The layer.
   * @param options Rank, factor, dropout and seed.
   */
  constructor(store: ParameterStore, layer: LoraLayer, options: LoraOptions) {
    const { name, width, columns } = layer;
    const { rank, seed } = options;
    const bound = 1 / Math.sqrt(width);
    const uniform = ({ name, shape }: ParameterPart) => {
      const random = new Random(seed, name);
      return Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * random.float() - 1));
    };
    const declare = (name: string, shape: number[], initialize: typeof uniform) =>
      store.declare({ parts: [{ name, shape }], shape, decay: true, initialize });
    this.#layer = layer;
    this.#options = options;
    this.#a = declare(`${name}.lora_A.weight`, [rank, width], uniform);
    this.#b = declare(`${name}.lora_B.weight`, [columns, rank], constant(0));
  }

  /** Runs the update: [T, K] to [T, N]. */
  forward(tape: Tape, x: Tensor): Tensor {
    const { dropout: probability, scale } = this.#options;
    return tape.scope(() => {
      const dropped = dropout(tape, x, probability);
      const inner = linear(tape, { x: dropped, weight: this.#a.value });
      return linear(tape, { x: inner, weight: this.#b.value, scale });
    });
  }

  /**
   * Adds scale B A to a weight.
   *
   * @param gpu The device.
   * @param weight Holds the layer's weight, [.., K].
   * @param firstRow Where it begins there.
   */
  addTo(gpu: Gpu, weight: Tensor, firstRow: number): void {
    const { width, columns } = this.#layer;
    const { rank, scale } = this.#options;
    matmul(gpu, {
      a: { tensor: this.#b.value },
      b: { tensor: this.#a.value },
      c: weight,
      offset: firstRow * width,
      m: columns,
      n: width,
      k: rank,
      scale,
      accumulate: true,
    });
  }
}
