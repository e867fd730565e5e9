/**
 * A sum into ranges of columns.
 *
 * @module
 */
import source from "../../shaders/slice_columns.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

// The two directions of `sliceColumns`, exchanged.
const TAKE = new Kernel({ name: "slice_columns", source, entryPoint: "forward" });
const ADD = new Kernel({ name: "slice_columns", source, entryPoint: "backward" });

/** What is added to a range of columns. */
export interface AddedColumns {
  /** [R, columns of the range, a multiple of 4]; a tensor that an op returned. */
  x: Tensor;
  /** The first column of the range, a multiple of 4. */
  first: number;
}

/**
 * sum[r, c] = y[r, c] + x[r, c - first] for every part whose range holds column c, in the order of the
 * parts. Saves nothing; the gradient goes on to y without a kernel where y has no other one.
 *
 * @param tape Runs and records the op.
 * @param y [R, C], C a multiple of 4; a tensor that an op returned.
 * @param parts What is added, and where.
 * @returns The sum, [R, C].
 * @throws {TypeError} If rows differ, or are no whole vectors of four.
 * @throws {RangeError} If y has no such columns, or a range begins within a vector of four.
 */
export function addColumns(tape: Tape, y: Tensor, parts: readonly AddedColumns[]): Tensor {
  const { recorder } = tape.gpu;
  const quads = quadsOf("addColumns", y);
  for (const part of parts) checkPart(y, part);
  const paramsOf = ({ x, first }: AddedColumns) => ({
    rows: y.rows,
    first: first / 4,
    width: x.columns / 4,
    x_width: quads,
  });
  const wide = foldWorkgroups(Math.ceil(y.size / 256));
  const sum = tape.empty(y.shape, y.label);
  recorder.copy(y, sum);
  for (const part of parts) {
    recorder.dispatch(ADD, {
      tensors: { d_y: part.x, d_x: sum },
      params: { ...paramsOf(part), accumulate: 1 },
      workgroups: wide,
    });
  }
  tape.record(sum, [y, ...parts.map(({ x }) => x)], [], (dSum) => {
    for (const part of parts) {
      const slot = tape.slot(part.x);
      if (slot === null) continue;
      recorder.dispatch(TAKE, {
        tensors: { x: dSum, y: slot.gradient },
        params: { ...paramsOf(part), accumulate: slot.accumulate ? 1 : 0 },
        workgroups: foldWorkgroups(Math.ceil(part.x.size / 256)),
      });
    }
    if (tape.passGradient(sum, y)) return;
    const slot = tape.slot(y);
    if (slot === null) return;
    recorder.dispatch(ADD, {
      tensors: { d_y: dSum, d_x: slot.gradient },
      params: {
        rows: y.rows,
        first: 0,
        width: quads,
        x_width: quads,
        accumulate: slot.accumulate ? 1 : 0,
      },
      workgroups: wide,
    });
  });
  return sum;
}

function checkPart(y: Tensor, { x, first }: AddedColumns): void {
  const count = x.columns;
  checkShape("addColumns", "x", x, [y.rows, count]);
  quadsOf("addColumns", x);
  if (first >= 0 && first % 4 === 0 && count > 0 && first + count <= y.columns) return;
  throw new RangeError(
    `Cannot add to columns ${first} to ${
      first + count
    } of "${y.label}": it has ${y.columns} columns, wanted a range of them from a multiple of 4 on`,
  );
}
