/**
 * A range of rows.
 *
 * @module
 */
import source from "../../shaders/slice_rows.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { ELEMENT_BYTES, quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const BACKWARD = new Kernel({ name: "slice_rows", source, entryPoint: "backward" });

/**
 * y = the rows of x from `first` on. Saves nothing.
 *
 * @param tape Runs and records the op.
 * @param x [R, C], C a multiple of 4.
 * @param first Index of the first row.
 * @param count How many rows.
 * @returns y, [count, C].
 * @throws {RangeError} If x has no such rows.
 */
export function sliceRows(tape: Tape, x: Tensor, first: number, count: number): Tensor {
  const { recorder } = tape.gpu;
  const { rows, columns } = x;
  const quads = quadsOf("sliceRows", x);
  if (!(first >= 0 && count >= 0 && first + count <= rows)) {
    throw new RangeError(
      `Cannot take rows ${first} to ${first + count} of "${x.label}": it has ${rows} rows`,
    );
  }
  const y = tape.empty([count, columns], `rows of ${x.label}`);
  const offset = first * columns;
  const from = x.byteOffset + offset * ELEMENT_BYTES;
  recorder.copyBytes(x.allocation.buffer, from, y, y.bytes);
  tape.record(y, [x], [], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    if (!dX.accumulate) {
      recorder.clear(dX.gradient);
      recorder.copyInto(dY, dX.gradient, offset);
      return;
    }
    recorder.dispatch(BACKWARD, {
      tensors: { d_y: dY, d_x: dX.gradient },
      params: { quads: count * quads, offset: first * quads },
      workgroups: foldWorkgroups(Math.ceil(y.size / 256)),
    });
  });
  return y;
}
