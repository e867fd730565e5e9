/**
 * The optimizer AdamW.
 *
 * @module
 */
import source from "../../shaders/optim/adamw.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** Settings of {@linkcode adamw}. */
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
 * AdamW: Adam with decoupled weight decay, as `torch.optim.AdamW`. Source: Loshchilov and Hutter,
 * "Decoupled Weight Decay Regularization", 2019.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function adamw({ beta1, beta2, epsilon, weightDecay }: AdamWOptions): UpdateRule {
  return {
    kernel: UPDATE,
    states: { first_moment: "exp_avg", second_moment: "exp_avg_sq" },
    params: { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, epsilon },
    scalars: (step, learningRate) => [
      learningRate,
      learningRate / (1 - beta1 ** step),
      Math.sqrt(1 - beta2 ** step),
      1 - learningRate * weightDecay,
    ],
  };
}
