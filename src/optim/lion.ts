/**
 * The optimizer Lion.
 *
 * @module
 */
import source from "../../shaders/optim/lion.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** Settings of {@linkcode lion}. */
export interface LionOptions {
  /** Share of the moment in the sign that a parameter moves by, in [0, 1). */
  beta1: number;
  /** Decay of the moment, in [0, 1). */
  beta2: number;
  /** Share of a decayed parameter that goes, times the learning rate. */
  weightDecay: number;
}

const UPDATE = new Kernel({ name: "optim/lion", source, entryPoint: "update" });

/**
 * Lion: every element moves by the learning rate or not at all; weight decay is decoupled. Source: Chen et
 * al., "Symbolic Discovery of Optimization Algorithms", 2023.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function lion({ beta1, beta2, weightDecay }: LionOptions): UpdateRule {
  return {
    kernel: UPDATE,
    states: { moment: "exp_avg" },
    params: { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2 },
    scalars: (_step, learningRate) => [learningRate, 1 - learningRate * weightDecay],
  };
}
