/**
 * Biases of attention scores that depend on the distance of two tokens.
 *
 * @module
 */
import source from "../../shaders/attention_bias.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** What attention adds to its scores. */
export interface AttentionBias {
  /** [N, H]: a bias a bucket and head; N is a multiple of 4, at most 32. */
  table: Tensor;
  /** [2 R + 1], integers: the buckets of the distances -R to R of a key from its query; those beyond are as these. */
  buckets: Tensor;
}

const SPREAD = new Kernel({ name: "attention_bias", source, entryPoint: "spread" });

/** The most buckets that the kernels sum up. */
const MAX_BUCKETS = 32;

/**
 * Spreads a table over distances, as the kernels of attention read it; not differentiable by itself.
 *
 * @param tape Owns the result.
 * @param bias The table and the buckets.
 * @param heads Heads, H.
 * @returns [H + 1, 2 R + 4, 4]; see `shaders/attention_bias.wgsl`.
 * @throws {TypeError} If shapes disagree or there are too many buckets.
 */
export function spreadBias(tape: Tape, { table, buckets }: AttentionBias, heads: number): Tensor {
  const { rows } = table;
  checkShape("attention", "bias", table, [rows, heads]);
  if (rows % 4 !== 0 || rows > MAX_BUCKETS) {
    throw new TypeError(
      `Cannot run attention: its bias has ${rows} buckets, wanted a multiple of 4, at most ${MAX_BUCKETS}`,
    );
  }
  if (buckets.size % 2 !== 1) {
    throw new TypeError(
      `Cannot run attention: its bias has buckets of ${buckets.size} distances, wanted an odd number`,
    );
  }
  const reach = (buckets.size - 1) / 2;
  const y = tape.empty([heads + 1, 2 * reach + 4, 4], "spread bias");
  tape.gpu.recorder.dispatch(SPREAD, {
    tensors: { table, buckets, y },
    params: { heads, reach },
    workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
  });
  return y;
}
