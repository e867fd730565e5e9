/**
 * Activations that end at bounds, and whose slope follows from their value.
 *
 * @module
 */
import source from "../../shaders/squash.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** tanh x, or 1 / (1 + exp(-x)). */
export type Squash = "tanh" | "sigmoid";

const FORWARD = new Kernel({ name: "squash", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "squash", source, entryPoint: "backward" });
const KINDS: Readonly<Record<Squash, number>> = { tanh: 0, sigmoid: 1 };

/**
 * y = tanh x or the logistic function of x, element by element.
 *
 * Saves y. Source: `torch.nn.Tanh` and `torch.nn.Sigmoid`.
 *
 * @param tape Runs and records the op.
 * @param x Any shape; a tensor that an op returned.
 * @param kind Which function.
 * @returns y, in the shape of x.
 */
export function squash(tape: Tape, x: Tensor, kind: Squash): Tensor {
  const { recorder } = tape.gpu;
  const params = { quads: Math.ceil(x.size / 4), kind: KINDS[kind], accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(params.quads / 64));
  const y = tape.empty(x.shape, `${kind}(${x.label})`);
  recorder.dispatch(FORWARD, { tensors: { x, y }, params, workgroups });
  tape.record(y, [x], [y], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { saved: y, d_y: dY, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
