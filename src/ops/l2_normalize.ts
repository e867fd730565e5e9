/**
 * Scaling of rows to unit length.
 *
 * @module
 */
import source from "../../shaders/l2_normalize.wgsl" with { type: "text" };
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new RowKernel({ name: "l2_normalize", source, entryPoint: "forward" });
const BACKWARD = new RowKernel({ name: "l2_normalize", source, entryPoint: "backward" });

/**
 * y[r, c] = x[r, c] / max(|x_r|, 1e-12).
 *
 * Saves `x` and one number a row. Source: `torch.nn.functional.normalize`.
 *
 * @param tape Runs and records the op.
 * @param x [R, C], C a multiple of 4.
 * @param lanes Threads that share a row. Default: as the adapter likes it.
 * @returns y, [R, C].
 */
export function l2Normalize(tape: Tape, x: Tensor, lanes?: number): Tensor {
  const { gpu } = tape;
  const { rows } = x;
  const quads = quadsOf("l2Normalize", x);
  const y = tape.empty(x.shape, `normalized ${x.label}`);
  const lengths = tape.empty([rows], "lengths");
  FORWARD.dispatch(gpu, {
    tensors: { x, y, lengths },
    params: { rows, quads, accumulate: 0 },
    rows,
    lanes,
  });
  tape.record(y, [x], [x, lengths], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    BACKWARD.dispatch(gpu, {
      tensors: { x, saved: lengths, d_y: dY, d_x: dX.gradient },
      params: { rows, quads, accumulate: dX.accumulate ? 1 : 0 },
      rows,
      lanes,
    });
  });
  return y;
}
