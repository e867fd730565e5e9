/**
 * One vector a sequence, given to each of its tokens.
 *
 * @module
 */
import source from "../../shaders/repeat_rows.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { dropoutParams } from "./dropout.ts";
import type { Tape } from "./tape.ts";

const kernels = (DROPOUT: number) => {
  const kernel = (entryPoint: string) =>
    new Kernel({ name: "repeat_rows", source, entryPoint, constants: { DROPOUT } });
  return { forward: kernel("forward"), backward: kernel("backward") };
};
const KERNELS = [kernels(0), kernels(1)];

/** Arguments of {@linkcode repeatRows}. */
export interface RepeatRowsInputs {
  /** [S, C], C a multiple of 4: a vector a sequence. */
  x: Tensor;
  /** [S + 1]: the first token of every sequence, then T. */
  sequenceStarts: Tensor;
  /** Tokens in all, T. */
  rows: number;
  /** Into how many groups of neighbouring columns dropout cuts a row; C / groups is a multiple of 4. */
  groups: number;
  /** Probability of dropping a group of a token, in [0, 1). Default: 0. */
  dropout?: number;
}

/**
 * y_t = the row of x that belongs to the sequence of token t, with dropout of whole groups of columns.
 *
 * This is the context of attention to a single key, whose weight is 1 and is dropped by head: the groups
 * are the heads. Saves the starts alone; the gradient of a row is the sum over its tokens, in their order.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [T, C].
 * @throws {TypeError} If shapes disagree, or groups are not of whole vectors of four.
 * @throws {RangeError} If the probability is outside [0, 1).
 */
export function repeatRows(tape: Tape, inputs: RepeatRowsInputs): Tensor {
  const { recorder } = tape.gpu;
  const { x, sequenceStarts: starts, rows, groups, dropout = 0 } = inputs;
  const quads = quadsOf("repeatRows", x);
  checkShape("repeatRows", "sequenceStarts", starts, [x.rows + 1]);
  if (!Number.isInteger(quads / groups)) {
    throw new TypeError(
      `Cannot run repeatRows: ${groups} groups share ${x.columns} columns; wanted a multiple of 4 each`,
    );
  }
  const drops = dropoutParams(tape, "repeatRows", dropout);
  const { forward, backward } = KERNELS[drops.threshold === 0 ? 0 : 1];
  const params = {
    ...drops,
    size: x.rows * quads,
    quads,
    group_quads: quads / groups,
    accumulate: 0,
  };
  const workgroups = foldWorkgroups(Math.ceil(x.size / 256));
  const y = tape.empty([rows, x.columns], `${x.label} by token`);
  recorder.dispatch(forward, { tensors: { x, starts, y }, params, workgroups });
  tape.record(y, [x], [starts], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(backward, {
      tensors: { x: dY, starts, y: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
