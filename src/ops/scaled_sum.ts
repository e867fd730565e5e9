/**
 * The sum of all elements.
 *
 * @module
 */
import source from "../../shaders/scaled_sum.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "scaled_sum", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "scaled_sum", source, entryPoint: "backward" });

/**
 * y = factor times the sum of all elements of x: a mean with factor 1 / n. Saves nothing.
 *
 * Made for one number a row, not for activations: one workgroup adds them.
 *
 * @param tape Runs and records the op.
 * @param x Any shape.
 * @param factor Factor of the sum.
 * @returns y, a scalar.
 */
export function scaledSum(tape: Tape, x: Tensor, factor: number): Tensor {
  const { recorder } = tape.gpu;
  const params = { size: x.size, factor, accumulate: 0 };
  const y = tape.empty([], `sum of ${x.label}`);
  recorder.dispatch(FORWARD, { tensors: { x, y }, params, workgroups: [1] });
  tape.record(y, [x], [], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { d_y: dY, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(x.size / 64)),
    });
  });
  return y;
}
