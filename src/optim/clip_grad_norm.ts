/**
 * The length of the gradient and the factor that limits it; both stay on the GPU.
 *
 * @module
 */
import source from "../../shaders/optim/clip_grad_norm.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { ParameterSlab, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** A smaller limit would be 0 on some devices, and 0 is none: the least normal number of f32. */
const LEAST_LIMIT = 2 ** -126;

/** Threads that share a slab. */
const THREADS = 16384;

const SQUARES = new Kernel({
  name: "optim/clip_grad_norm",
  source,
  entryPoint: "squares",
  overrides: { THREADS },
});
const FINISH = new Kernel({ name: "optim/clip_grad_norm", source, entryPoint: "finish" });

/** Scalars on the GPU that {@linkcode GradientNorm.measure} writes. */
export interface ClippedNorm {
  /** Euclidean norm of all gradients, before clipping, of the loss without its scale. */
  readonly norm: Tensor;
  /** Factor that takes the loss's scale off the gradients and brings them down to the limit. */
  readonly coefficient: Tensor;
}

/** Measures the gradients of one store or several, as `torch.nn.utils.clip_grad_norm_`. */
export class GradientNorm {
  readonly #gpu: Gpu;
  readonly #slabs: readonly ParameterSlab[];
  readonly #shares: Tensor;
  readonly #result: ClippedNorm;

  /**
   * Takes the little memory that it needs.
   *
   * @param gpu The device.
   * @param stores The parameters.
   */
  constructor(gpu: Gpu, stores: ParameterStore | readonly ParameterStore[]) {
    this.#gpu = gpu;
    this.#slabs = [stores].flat().flatMap(({ slabs }) => slabs);
    this.#shares = gpu.tensor([this.#slabs.length, THREADS], "shares of the gradient norm");
    this.#result = {
      norm: gpu.tensor([], "gradient norm"),
      coefficient: gpu.tensor([], "clip coefficient"),
    };
  }

  /**
   * Records the measurement.
   *
   * @param maxNorm The norm to come down to; 0 for no limit.
   * @param scale What the loss was multiplied by, a scalar on the GPU. Default: 1.
   * @returns Norm and coefficient, valid until the next call.
   */
  measure(maxNorm: number, scale: Tensor = this.#gpu.constant(1)): ClippedNorm {
    const slabs = this.#slabs;
    const limit = maxNorm > 0 ? Math.max(maxNorm, LEAST_LIMIT) : 0;
    const params = { quads: 0, offset: 0, shares: slabs.length * THREADS, limit };
    slabs.forEach(({ gradients }, i) => {
      this.#gpu.recorder.dispatch(SQUARES, {
        tensors: { gradients, shares: this.#shares },
        params: { ...params, quads: gradients.size / 4, offset: i * THREADS },
        workgroups: [THREADS / 64],
      });
    });
    const { norm, coefficient } = this.#result;
    this.#gpu.recorder.dispatch(FINISH, {
      tensors: { all_shares: this.#shares, norm, coefficient, scale },
      params,
      workgroups: [1],
    });
    return this.#result;
  }

  /** Returns its memory. */
  destroy(): void {
    this.#gpu.release(this.#shares, this.#result.norm, this.#result.coefficient);
  }
}
