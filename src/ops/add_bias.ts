/**
 * A bias for rows of any width.
 *
 * @module
 */
import source from "../../shaders/add_bias.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const kernel = (entryPoint: string) => new Kernel({ name: "add_bias", source, entryPoint });
const FORWARD = kernel("forward");
const ACCUMULATE = kernel("accumulate");
const ADD_SUMS = kernel("add_sums");

/**
 * y = x + bias in every row. Saves nothing.
 *
 * `linear` adds a bias itself, whose gradient it knows for rows of a multiple of 4 columns; this op takes
 * any number, such as three classes.
 *
 * @param tape Runs and records the op.
 * @param x [R, N], any N; not a parameter.
 * @param bias [N].
 * @returns y, [R, N].
 * @throws {TypeError} If shapes disagree.
 */
export function addBias(tape: Tape, x: Tensor, bias: Tensor): Tensor {
  const { recorder } = tape.gpu;
  const [rows, columns] = [x.rows, x.columns];
  checkShape("addBias", "bias", bias, [columns]);
  const run = { params: { rows, columns }, workgroups: foldWorkgroups(Math.ceil(x.size / 64)) };
  const y = tape.empty(x.shape, `${x.label} + bias`);
  recorder.dispatch(FORWARD, { tensors: { x, bias, y }, ...run });
  tape.record(y, [x, bias], [], (dY) => {
    const dBias = tape.slot(bias);
    if (dBias !== null) {
      if (!dBias.accumulate) recorder.clear(dBias.gradient);
      recorder.dispatch(ADD_SUMS, {
        tensors: { x: dY, d_bias: dBias.gradient },
        params: { rows, columns },
        workgroups: foldWorkgroups(Math.ceil(columns / 64)),
      });
    }
    if (tape.passGradient(y, x)) return;
    const dX = tape.slot(x);
    if (dX !== null) recorder.dispatch(ACCUMULATE, { tensors: { x: dY, y: dX.gradient }, ...run });
  });
  return y;
}
