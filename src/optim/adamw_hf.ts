/**
 * The optimizer AdamW as transformers had it before it took PyTorch's.
 *
 * @module
 */
import source from "../../shaders/optim/adamw_hf.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import type { AdamWOptions } from "./adamw.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

const UPDATE = new Kernel({ name: "optim/adamw_hf", source, entryPoint: "update" });

/**
 * AdamW as `transformers.AdamW`. It differs from `adamw` in two things: epsilon is added to the root of
 * the second moment before its bias is corrected, and the decay comes after the update.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function adamwHf({ beta1, beta2, epsilon, weightDecay }: AdamWOptions): UpdateRule {
  return {
    kernel: UPDATE,
    states: { first_moment: "exp_avg", second_moment: "exp_avg_sq" },
    params: { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, epsilon },
    scalars: (step, learningRate) => [
      learningRate,
      learningRate * Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step),
      1 - learningRate * weightDecay,
    ],
  };
}
