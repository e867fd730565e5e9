/**
 * Stochastic gradient descent.
 *
 * @module
 */
import source from "../../shaders/optim/sgd.wgsl" with { type: "text" };
import { UsageError } from "../errors.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** Settings of {@linkcode sgd}. */
export interface SgdOptions {
  /** Decay of the running sum of gradients; 0 keeps none. */
  momentum: number;
  /** Share of a gradient that the running sum leaves out, from the second update on. */
  dampening: number;
  /** Factor by which a decayed parameter is added to its gradient. */
  weightDecay: number;
  /** Whether to look one step ahead along the running sum. */
  nesterov: boolean;
}

const kernel = (entryPoint: string) => new Kernel({ name: "optim/sgd", source, entryPoint });
const PLAIN = kernel("plain");
const MOMENTUM = kernel("momentum");

/**
 * Stochastic gradient descent, as `torch.optim.SGD`. Weight decay is coupled: it is part of the gradient.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 *
 * @param options Its settings.
 * @returns The rule; without momentum it has no state.
 * @throws {UsageError} If `nesterov` has no momentum to look along, or dampening.
 */
export function sgd({ momentum, dampening, weightDecay, nesterov }: SgdOptions): UpdateRule {
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new UsageError(
      "Cannot create optimizer sgd: Nesterov momentum requires a momentum and zero dampening; " +
        `found momentum=${momentum}, dampening=${dampening}`,
    );
  }
  return {
    kernel: momentum === 0 ? PLAIN : MOMENTUM,
    states: momentum === 0 ? {} : { buffer: "momentum_buffer" },
    params: { weight_decay: weightDecay, momentum, nesterov: nesterov ? 1 : 0 },
    scalars: (step, learningRate) => [learningRate, step === 1 ? 1 : 1 - dampening],
  };
}
