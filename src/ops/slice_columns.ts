/**
 * A range of columns.
 *
 * @module
 */
import source from "../../shaders/slice_columns.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "slice_columns", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "slice_columns", source, entryPoint: "backward" });

/** Arguments of {@linkcode sliceColumns}. */
export interface SliceColumnsInputs {
  /** [R, C], C a multiple of 4. */
  x: Tensor;
  /** The first column, a multiple of 4. Default: 0. */
  first?: number;
  /** How many columns, a multiple of 4. */
  count: number;
}

/**
 * y = the columns of x from `first` on. Saves nothing.
 *
 * @param tape Runs and records the op.
 * @param inputs The operand and the range.
 * @returns y, [R, count].
 * @throws {RangeError} If x has no such columns, or the range is not of whole vectors of four.
 */
export function sliceColumns(tape: Tape, { x, first = 0, count }: SliceColumnsInputs): Tensor {
  const { recorder } = tape.gpu;
  const { rows, columns } = x;
  const width = quadsOf("sliceColumns", x);
  if (!(first >= 0 && count > 0 && first + count <= columns)) {
    throw new RangeError(
      `Cannot take columns ${first} to ${first + count} of "${x.label}": it has ${columns} columns`,
    );
  }
  if (first % 4 !== 0 || count % 4 !== 0) {
    throw new RangeError(
      `Cannot take columns ${first} to ${first + count} of "${x.label}": wanted multiples of 4`,
    );
  }
  const params = { rows, first: first / 4, width: count / 4, x_width: width, accumulate: 0 };
  const y = tape.empty([rows, count], `columns of ${x.label}`);
  recorder.dispatch(FORWARD, {
    tensors: { x, y },
    params,
    workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
  });
  tape.record(y, [x], [], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { d_y: dY, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(x.size / 256)),
    });
  });
  return y;
}
