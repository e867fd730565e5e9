/**
 * The optimizer AdamW.
 *
 * @module
 */
import source from "../../shaders/optim/adamw.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Settings of {@linkcode AdamW}. */
export interface AdamWOptions {
  /** Decay of the first moment, in [0, 1). */
  beta1: number;
  /** Decay of the second moment, in [0, 1). */
  beta2: number;
  /** Added to the root of the second moment. */
  epsilon: number;
  /** Share of a decayed parameter that goes, times the learning rate. */
  weightDecay: number;
}

const UPDATE = new Kernel({ name: "optim/adamw", source, entryPoint: "update" });

/**
 * AdamW: Adam with decoupled weight decay, as `torch.optim.AdamW`. Biases and the weights of layer norms
 * do not decay. Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
 */
export class AdamW {
  /** Steps taken; part of the state. */
  stepCount = 0;
  /** First and second moment of every slab, laid out like it; part of the state. */
  readonly moments: readonly (readonly [Tensor, Tensor])[];
  readonly #gpu: Gpu;
  readonly #store: ParameterStore;
  readonly #options: AdamWOptions;

  /**
   * Moments of zero.
   *
   * @param gpu The device.
   * @param store The parameters.
   * @param options Its settings.
   */
  constructor(gpu: Gpu, store: ParameterStore, options: AdamWOptions) {
    this.#gpu = gpu;
    this.#store = store;
    this.#options = options;
    this.moments = store.slabs.map((slab) => [
      store.allocateLike(slab, "first moment"),
      store.allocateLike(slab, "second moment"),
    ]);
  }

  /**
   * Records one step; the gradients are zero afterwards.
   *
   * @param run The learning rate, and a scalar on the GPU by which gradients are multiplied first.
   */
  step({ learningRate, gradientScale }: { learningRate: number; gradientScale: Tensor }): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    this.stepCount++;
    this.#store.slabs.forEach(({ values, gradients, decay }, i) => {
      const [first_moment, second_moment] = this.moments[i];
      const quads = values.size / 4;
      this.#gpu.recorder.dispatch(UPDATE, {
        tensors: { values, gradients, first_moment, second_moment, coefficient: gradientScale },
        params: {
          quads,
          beta1,
          beta2,
          rest1: 1 - beta1,
          rest2: 1 - beta2,
          shrink: 1 - (decay ? learningRate * weightDecay : 0),
          step_size: learningRate / (1 - beta1 ** this.stepCount),
          root_correction: Math.sqrt(1 - beta2 ** this.stepCount),
          epsilon,
        },
        workgroups: foldWorkgroups(Math.ceil(quads / 64)),
      });
    });
  }

  /** Frees the moments. */
  destroy(): void {
    for (const [first, second] of this.moments) {
      first.allocation.buffer.destroy();
      second.allocation.buffer.destroy();
    }
  }
}
