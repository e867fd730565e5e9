/**
 * Rotary positions.
 *
 * @module
 */
import source from "../../shaders/rotary.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode rotary}. */
export interface RotaryInputs {
  /** [T, 3C]: queries, keys and values; of each, head h owns the columns from h D, D = C / H. */
  qkv: Tensor;
  /** [T], integers: rows of `turns`. */
  positions: Tensor;
  /** [P, D]: the cosines of a position's D / 2 angles, then their sines. */
  turns: Tensor;
  /** Heads, H. */
  heads: number;
}

const ROTATE = new Kernel({ name: "rotary", source, entryPoint: "rotate" });

/**
 * Rotates columns i and i + D / 2 of every head of the queries and keys by the angle i of the token's
 * position; values pass.
 *
 * Saves the positions and the table. Source: Su et al., "RoFormer", 2021; the pairs of columns are those
 * of GPT-NeoX and of transformers.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns [T, 3C].
 * @throws {TypeError} If shapes disagree, or D is not a multiple of 8.
 */
export function rotary(tape: Tape, { qkv, positions, turns, heads }: RotaryInputs): Tensor {
  const { recorder } = tape.gpu;
  const { rows } = qkv;
  const width = turns.columns;
  if (width % 8 !== 0) {
    throw new TypeError(
      `Cannot run rotary: a head has ${width} columns, wanted a multiple of 8`,
    );
  }
  checkShape("rotary", "qkv", qkv, [rows, 3 * heads * width]);
  checkShape("rotary", "positions", positions, [rows]);
  const params = { rows, heads, halves: width / 8, sine: 1, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(qkv.size / (8 * 64)));
  const y = tape.empty(qkv.shape, `rotated ${qkv.label}`);
  recorder.dispatch(ROTATE, { tensors: { x: qkv, turns, positions, y }, params, workgroups });
  tape.record(y, [qkv], [positions, turns], (dY) => {
    const dX = tape.slot(qkv);
    if (dX === null) return;
    recorder.dispatch(ROTATE, {
      tensors: { x: dY, turns, positions, y: dX.gradient },
      params: { ...params, sine: -1, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
