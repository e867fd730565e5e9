/**
 * One vector of the token vectors of each sequence.
 *
 * @module
 */
import source from "../../shaders/pool.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** The mean of all tokens, the first token, or the maximum of every column. */
export type PoolMode = "mean" | "cls" | "max";

/** Arguments of {@linkcode pool}. */
export interface PoolInputs {
  /** Token vectors, [T, C], C a multiple of 4. */
  hidden: Tensor;
  /** The first token of every sequence, then T: [S + 1]. No sequence is empty. */
  sequenceStarts: Tensor;
  /** How to make one of many. */
  mode: PoolMode;
}

const FORWARD = new Kernel({ name: "pool", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "pool", source, entryPoint: "backward" });
const MODES: Readonly<Record<PoolMode, number>> = { mean: 0, cls: 1, max: 2 };

/**
 * y[s] = mean, first or maximum of the token vectors of sequence s.
 *
 * Saves `hidden` for the maximum, whose gradient goes to the first row that attains it, and the starts.
 * Source: `sentence_transformers.models.Pooling`.
 *
 * @param tape Runs and records the op.
 * @param inputs Token vectors, sequences and mode.
 * @returns y, [S, C].
 */
export function pool(tape: Tape, { hidden, sequenceStarts, mode }: PoolInputs): Tensor {
  const { recorder } = tape.gpu;
  const { columns } = hidden;
  const quads = quadsOf("pool", hidden);
  const sequences = sequenceStarts.size - 1;
  const y = tape.empty([sequences, columns], "pooled");
  const params = { sequences, quads, mode: MODES[mode], accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(y.size / 256));
  recorder.dispatch(FORWARD, {
    tensors: { x: hidden, starts: sequenceStarts, y },
    params,
    workgroups,
  });
  const saved = mode === "max" ? [hidden, sequenceStarts] : [sequenceStarts];
  tape.record(y, [hidden], saved, (dY) => {
    const slot = tape.slot(hidden);
    if (slot === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: {
        x: mode === "max" ? hidden : tape.gpu.nothing,
        starts: sequenceStarts,
        d_y: dY,
        d_x: slot.gradient,
      },
      params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
