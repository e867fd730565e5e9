/**
 * More rows than there are.
 *
 * @module
 */
import source from "../../shaders/pad_rows.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FILL = new Kernel({ name: "pad_rows", source, entryPoint: "fill" });
const ADD = new Kernel({ name: "pad_rows", source, entryPoint: "add" });

/** Arguments of {@linkcode padRows}. */
export interface PadRowsInputs {
  /** [R, ...]: a parameter. */
  x: Tensor;
  /** Rows of the result, at least R. */
  rows: number;
  /** The elements of the rows behind those of x. Default: 0. */
  filler?: number;
}

/**
 * y = x with rows of one number behind it. Saves nothing.
 *
 * Products of matrices whose rows are whole vectors of four are some ten times as fast on software adapters.
 * The gradient of the rows behind must be 0: what makes use of y must not depend on them.
 *
 * @param tape Runs and records the op.
 * @param inputs The operand and the number of rows.
 * @returns y, [rows, ...].
 * @throws {RangeError} If x has more rows.
 */
export function padRows(tape: Tape, { x, rows, filler = 0 }: PadRowsInputs): Tensor {
  const { recorder } = tape.gpu;
  const [found, ...others] = x.shape;
  if (!(rows >= found)) {
    throw new RangeError(`Cannot run padRows: "${x.label}" has ${found} rows, wanted ${rows}`);
  }
  const y = tape.empty([rows, ...others], `padded ${x.label}`);
  recorder.copyInto(x, y, 0);
  const size = (rows - found) * sizeOf(others);
  if (size > 0) {
    recorder.dispatch(FILL, {
      tensors: { y },
      params: { size, first: x.size, filler },
      workgroups: foldWorkgroups(Math.ceil(size / 64)),
    });
  }
  tape.record(y, [x], [], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    if (!dX.accumulate) recorder.clear(dX.gradient);
    const quads = Math.ceil(x.size / 4);
    recorder.dispatch(ADD, {
      tensors: { d_y: dY, d_x: dX.gradient },
      params: { size: quads, first: 0, filler: 0 },
      workgroups: foldWorkgroups(Math.ceil(quads / 64)),
    });
  });
  return y;
}
