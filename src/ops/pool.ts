/**
 * One vector of the token vectors of each sequence.
 *
 * @module
 */
import source from "../../shaders/pool.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/**
 * How to make one number of those of many tokens: the mean, the first, the largest, the sum over the
 * square root of their number, the mean weighted with the position from 1 on, or the last.
 */
export type PoolMode =
  | "mean"
  | "cls"
  | "max"
  | "mean_sqrt_len_tokens"
  | "weightedmean"
  | "lasttoken";

/** Arguments of {@linkcode pool}. */
export interface PoolInputs {
  /** Token vectors, [T, C], C a multiple of 4. */
  hidden: Tensor;
  /** The first token of every sequence, then T: [S + 1]. */
  sequenceStarts: Tensor;
  /** At least one; their vectors stand side by side. */
  modes: readonly PoolMode[];
  /** How many of a sequence's first tokens do not count: [S]. Default: none. */
  promptLengths?: Tensor;
}

const FORWARD = new Kernel({ name: "pool", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "pool", source, entryPoint: "backward" });
const MODES: Readonly<Record<PoolMode, number>> = {
  mean: 0,
  cls: 1,
  max: 2,
  mean_sqrt_len_tokens: 3,
  weightedmean: 4,
  lasttoken: 5,
};

/**
 * y[s] = vectors made of the token vectors of sequence s, one a mode, side by side; zeros where no token
 * counts.
 *
 * Saves `hidden` for the maximum, whose gradient goes to the first row that attains it, the starts and
 * the lengths of prompts. Source: `sentence_transformers.models.Pooling`, but for sequences without a
 * token, of which it makes infinities or what padding holds.
 *
 * @param tape Runs and records the op.
 * @param inputs Token vectors, sequences and modes.
 * @returns y, [S, M C] of M modes.
 * @throws {TypeError} If shapes disagree.
 */
export function pool(tape: Tape, inputs: PoolInputs): Tensor {
  const { hidden, sequenceStarts, modes, promptLengths } = inputs;
  const { recorder, nothing } = tape.gpu;
  const { columns } = hidden;
  const quads = quadsOf("pool", hidden);
  const sequences = sequenceStarts.size - 1;
  if (promptLengths !== undefined) {
    checkShape("pool", "promptLengths", promptLengths, [sequences]);
  }
  const y = tape.empty([sequences, modes.length * columns], "pooled");
  const paramsOf = (mode: PoolMode, index: number) => ({
    sequences,
    quads,
    mode: MODES[mode],
    row_quads: modes.length * quads,
    offset: index * quads,
    has_prompts: promptLengths === undefined ? 0 : 1,
    accumulate: 0,
  });
  const workgroups = foldWorkgroups(Math.ceil(sequences * columns / 256));
  const prompts = promptLengths ?? nothing;
  modes.forEach((mode, index) => {
    const tensors = { x: hidden, starts: sequenceStarts, y, prompts };
    recorder.dispatch(FORWARD, { tensors, params: paramsOf(mode, index), workgroups });
  });
  const saved = modes.includes("max") ? [hidden, sequenceStarts] : [sequenceStarts];
  if (promptLengths !== undefined) saved.push(promptLengths);
  tape.record(y, [hidden], saved, (dY) => {
    const slot = tape.slot(hidden);
    if (slot === null) return;
    modes.forEach((mode, index) => {
      const x = mode === "max" ? hidden : nothing;
      const accumulate = slot.accumulate || index > 0 ? 1 : 0;
      recorder.dispatch(BACKWARD, {
        tensors: { x, starts: sequenceStarts, prompts, d_y: dY, d_x: slot.gradient },
        params: { ...paramsOf(mode, index), accumulate },
        workgroups,
      });
    });
  });
  return y;
}
