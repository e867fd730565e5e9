/**
 * The optimizer Adagrad.
 *
 * @module
 */
import source from "../../shaders/optim/adagrad.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** Settings of {@linkcode adagrad}. */
export interface AdagradOptions {
  /** How fast the learning rate falls: update t has lr / (1 + (t - 1) lrDecay). */
  lrDecay: number;
  /** Added to the root of the sum of squares. */
  epsilon: number;
  /** Factor by which a decayed parameter is added to its gradient. */
  weightDecay: number;
}

const UPDATE = new Kernel({ name: "optim/adagrad", source, entryPoint: "update" });

/**
 * Adagrad, as `torch.optim.Adagrad`; the sum of squares begins at 0. Weight decay is coupled: it is part of
 * the gradient. Source: Duchi et al., "Adaptive Subgradient Methods", 2011.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function adagrad({ lrDecay, epsilon, weightDecay }: AdagradOptions): UpdateRule {
  return {
    kernel: UPDATE,
    states: { sum: "sum" },
    params: { weight_decay: weightDecay, epsilon },
    scalars: (step, learningRate) => [learningRate, learningRate / (1 + (step - 1) * lrDecay)],
  };
}
