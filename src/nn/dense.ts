/**
 * A linear layer with an activation, applied to embeddings.
 *
 * @module
 */
import { Random } from "../data/random.ts";
import type { Parameter, ParameterPart, ParameterStore } from "../gpu/parameter_slab.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { DenseActivation, DenseConfig } from "../io/dense_config.ts";
import { add } from "../ops/add.ts";
import { hiddenActivation } from "../ops/hidden_activation.ts";
import { linear } from "../ops/linear.ts";
import { squash } from "../ops/squash.ts";
import type { Tape } from "../ops/tape.ts";

/** What a {@linkcode Dense} is made of; widths are multiples of 4. */
export interface DenseInit extends DenseConfig {
  /** What precedes the names of its parameters. */
  readonly prefix: string;
  /** Seed of initial values. */
  readonly seed: number;
}

/**
 * y = activation(x weight^T + bias), plus x or x residual^T where it has a residual sum.
 *
 * Initial values are those of `torch.nn.Linear`: uniform within 1 / sqrt(columns in). Source:
 * `sentence_transformers.models.Dense`.
 */
export class Dense {
  readonly #init: DenseInit;
  readonly #weight: Parameter;
  readonly #bias: Parameter | null;
  readonly #residual: Parameter | null;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: DenseInit) {
    const { prefix, inFeatures, outFeatures, seed } = init;
    const bound = 1 / Math.sqrt(inFeatures);
    const initialize = ({ name, shape }: ParameterPart) => {
      const random = new Random(seed, name);
      return Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * random.float() - 1));
    };
    const declare = (name: string, shape: number[]) =>
      store.declare({
        parts: [{ name: prefix + name, shape }],
        shape,
        decay: shape.length > 1,
        initialize,
      });
    this.#init = init;
    this.#weight = declare("linear.weight", [outFeatures, inFeatures]);
    this.#bias = init.bias ? declare("linear.bias", [outFeatures]) : null;
    this.#residual = init.residual && inFeatures !== outFeatures
      ? declare("residual.weight", [outFeatures, inFeatures])
      : null;
  }

  /** Runs the layer: [N, columns in] to [N, columns out]. */
  forward(tape: Tape, x: Tensor): Tensor {
    const { activation, residual } = this.#init;
    return tape.scope(() => {
      const y = linear(tape, { x, weight: this.#weight.value, bias: this.#bias?.value });
      const active = activate(tape, y, activation);
      if (!residual) return active;
      const other = this.#residual === null ? x : linear(tape, { x, weight: this.#residual.value });
      return add(tape, active, other);
    });
  }
}

function activate(tape: Tape, x: Tensor, activation: DenseActivation): Tensor {
  switch (activation) {
    case "identity":
      return x;
    case "tanh":
    case "sigmoid":
      return squash(tape, x, activation);
    default:
      return hiddenActivation(tape, x, activation);
  }
}
