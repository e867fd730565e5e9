/**
 * The optimizer RMSprop.
 *
 * @module
 */
import source from "../../shaders/optim/rmsprop.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** Settings of {@linkcode rmsprop}. */
export interface RmspropOptions {
  /** Decay of the running sum of updates; 0 keeps none. */
  momentum: number;
  /** Decay of the averages. */
  alpha: number;
  /** Added to the root of the average of squares. */
  epsilon: number;
  /** Whether to divide by the estimated standard deviation instead of the root of the mean square. */
  centered: boolean;
  /** Factor by which a decayed parameter is added to its gradient. */
  weightDecay: number;
}

const kernel = (entryPoint: string) => new Kernel({ name: "optim/rmsprop", source, entryPoint });
const PLAIN = kernel("plain");
const MOMENTUM = kernel("with_momentum");
const CENTERED = kernel("centered");
const CENTERED_MOMENTUM = kernel("centered_with_momentum");

/**
 * RMSprop, as `torch.optim.RMSprop`. Weight decay is coupled: it is part of the gradient. Source: Tieleman
 * and Hinton, "Lecture 6.5", 2012; centered: Graves, "Generating Sequences With RNNs", 2013.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function rmsprop(
  { momentum, alpha, epsilon, centered, weightDecay }: RmspropOptions,
): UpdateRule {
  const pushed = momentum !== 0;
  return {
    kernel: centered ? pushed ? CENTERED_MOMENTUM : CENTERED : pushed ? MOMENTUM : PLAIN,
    states: {
      square_average: "square_avg",
      ...(centered && { gradient_average: "grad_avg" }),
      ...(pushed && { buffer: "momentum_buffer" }),
    },
    params: { weight_decay: weightDecay, alpha, rest: 1 - alpha, momentum, epsilon },
    scalars: (_step, learningRate) => [learningRate],
  };
}
