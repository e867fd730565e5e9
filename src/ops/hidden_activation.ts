/**
 * The activation between the layers of a feed-forward part.
 *
 * @module
 */
import source from "../../shaders/hidden_activation.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** Exact GELU, its approximation by a hyperbolic tangent, max(x, 0), or x / (1 + exp(-x)). */
export type HiddenActivation = "gelu" | "gelu_tanh" | "relu" | "silu";

/** What the constant ACTIVATION of `shaders/lib/hidden_activation.wgsl` is for each. */
export const HIDDEN_ACTIVATIONS: Readonly<Record<HiddenActivation, number>> = {
  gelu: 0,
  gelu_tanh: 1,
  relu: 2,
  silu: 3,
};

/** The kernels of an op for one activation. */
export interface ActivationKernels {
  /** From x to y. */
  readonly forward: Kernel;
  /** From d_y to d_x. */
  readonly backward: Kernel;
}

/**
 * Makes the kernels of an op when an activation is first asked for.
 *
 * @param name The op.
 * @param source Its shader, with entry points `forward` and `backward` and the constant ACTIVATION.
 * @returns Gives the kernels of an activation.
 */
export function activationKernels(
  name: string,
  source: string,
): (kind: HiddenActivation) => ActivationKernels {
  const made = new Map<HiddenActivation, ActivationKernels>();
  return (kind) => {
    let kernels = made.get(kind);
    if (kernels === undefined) {
      const init = { name, source, constants: { ACTIVATION: HIDDEN_ACTIVATIONS[kind] } };
      kernels = {
        forward: new Kernel({ ...init, entryPoint: "forward" }),
        backward: new Kernel({ ...init, entryPoint: "backward" }),
      };
      made.set(kind, kernels);
    }
    return kernels;
  };
}

const kernelsOf = activationKernels("hidden_activation", source);

/**
 * y = an activation of x, element by element.
 *
 * Saves `x`. The error function of `"gelu"` is within 1.4e-7 of the exact one. Source: Hendrycks and
 * Gimpel, "Gaussian Error Linear Units", 2016; `torch.nn.GELU` with `approximate` "none" and "tanh",
 * `torch.nn.ReLU`, `torch.nn.SiLU`.
 *
 * @param tape Runs and records the op.
 * @param x Any shape; a tensor that an op returned.
 * @param kind Which activation. Default: "gelu".
 * @returns y, in the shape of x.
 */
export function hiddenActivation(
  tape: Tape,
  x: Tensor,
  kind: HiddenActivation = "gelu",
): Tensor {
  const { gpu } = tape;
  const { forward, backward } = kernelsOf(kind);
  const quads = Math.ceil(x.size / 4);
  const workgroups = foldWorkgroups(Math.ceil(quads / 64));
  const y = tape.empty(x.shape, `${kind}(${x.label})`);
  gpu.recorder.dispatch(forward, {
    tensors: { x, y },
    params: { quads, accumulate: 0 },
    workgroups,
  });
  tape.record(y, [x], [x], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    gpu.recorder.dispatch(backward, {
      tensors: { x, d_y: dY, d_x: dX.gradient },
      params: { quads, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
