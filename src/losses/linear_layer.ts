/**
 * A linear layer that belongs to a loss.
 *
 * @module
 */
import { Random } from "../data/random.ts";
import type { Parameter, ParameterPart, ParameterStore } from "../gpu/parameter_slab.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { addBias } from "../ops/add_bias.ts";
import { linear } from "../ops/linear.ts";
import type { Tape } from "../ops/tape.ts";

/** What a {@linkcode LinearLayer} is made of. */
export interface LinearLayerInit {
  /** Its name, before ".weight" and ".bias". */
  name: string;
  /** Columns in. */
  width: number;
  /** Columns out. */
  columns: number;
  /** Seed of the initial values. */
  seed: number;
}

/**
 * y = x weight^T + bias. All values begin evenly spread over +-1 / sqrt(width), as in `torch.nn.Linear`;
 * weight decay applies to the weight alone.
 */
export class LinearLayer {
  /** Columns in. */
  readonly width: number;
  readonly #weight: Parameter;
  readonly #bias: Parameter;

  /**
   * Declares the parameters.
   *
   * @param store Where they will live.
   * @param init Name, sizes and seed.
   */
  constructor(store: ParameterStore, { name, width, columns, seed }: LinearLayerInit) {
    this.width = width;
    const initialize = (part: ParameterPart) => {
      const random = new Random(seed, part.name);
      const bound = 1 / Math.sqrt(width);
      return Float32Array.from(
        { length: sizeOf(part.shape) },
        () => (2 * random.float() - 1) * bound,
      );
    };
    const declare = (part: ParameterPart, decay: boolean) =>
      store.declare({ parts: [part], shape: part.shape, decay, initialize });
    this.#weight = declare({ name: `${name}.weight`, shape: [columns, width] }, true);
    this.#bias = declare({ name: `${name}.bias`, shape: [columns] }, false);
  }

  /** Runs the layer: [R, width] to [R, columns]. */
  forward(tape: Tape, x: Tensor): Tensor {
    return addBias(tape, linear(tape, { x, weight: this.#weight.value }), this.#bias.value);
  }
}
