/**
 * Dropout.
 *
 * @module
 */
import source from "../../shaders/dropout.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const APPLY = new Kernel({ name: "dropout", source, entryPoint: "apply" });

/**
 * Sets elements to zero with a probability and divides the others by what remains of 1.
 *
 * Which ones is a function of the tape's seed and step, the order of the random ops, row and column.
 * Outside training, or with probability 0, it returns `x` itself. Saves nothing. Source: Srivastava et
 * al., "Dropout", 2014; `torch.nn.Dropout`.
 *
 * @param tape Runs and records the op.
 * @param x [T, C], C a multiple of 4.
 * @param probability In [0, 1).
 * @returns y, in the shape of x.
 * @throws {RangeError} If the probability is outside [0, 1).
 */
export function dropout(tape: Tape, x: Tensor, probability: number): Tensor {
  const drops = dropoutParams(tape, "dropout", probability);
  if (drops.threshold === 0) return x;
  const { recorder } = tape.gpu;
  const quads = quadsOf("dropout", x);
  const params = { ...drops, size: x.rows * quads, quads, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(x.size / 256));
  const y = tape.empty(x.shape, `dropout(${x.label})`);
  recorder.dispatch(APPLY, { tensors: { x, y }, params, workgroups });
  tape.record(y, [x], [], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(APPLY, {
      tensors: { x: dY, y: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}

/** What a kernel needs to know of dropout; a threshold of 0 drops nothing. */
export interface DropoutParams {
  /** The key of the op's random bits. */
  readonly key_0: number;
  /** The rest of the key. */
  readonly key_1: number;
  /** Number of the first row within the whole batch. */
  readonly first_row: number;
  /** The random word from which on an element is kept: probability times 2^32. */
  readonly threshold: number;
  /** Factor of what is kept. */
  readonly keep_factor: number;
}

/**
 * Draws the key of a random op, where anything is to be dropped.
 *
 * @param tape Whether it trains, and its seed and step.
 * @param op The op's name, for the message.
 * @param probability In [0, 1).
 * @returns Uniforms of the kernel.
 * @throws {RangeError} If the probability is outside [0, 1).
 */
export function dropoutParams(tape: Tape, op: string, probability: number): DropoutParams {
  if (!(probability >= 0 && probability < 1)) {
    throw new RangeError(
      `Cannot run ${op}: the dropout probability is ${probability}, wanted [0, 1)`,
    );
  }
  if (!tape.training || probability === 0) {
    return { key_0: 0, key_1: 0, first_row: 0, threshold: 0, keep_factor: 1 };
  }
  const [key_0, key_1] = tape.randomKey();
  const threshold = dropoutThreshold(probability);
  return { key_0, key_1, first_row: tape.firstRow, threshold, keep_factor: 1 / (1 - probability) };
}

/** The random word from which on an element is kept: probability times 2^32. */
export function dropoutThreshold(probability: number): number {
  return Math.min(2 ** 32 - 1, Math.round(probability * 2 ** 32));
}
