/**
 * The gated activation of a feed-forward part.
 *
 * @module
 */
import source from "../../shaders/gated_activation.wgsl" with { type: "text" };
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { activationKernels, type HiddenActivation } from "./hidden_activation.ts";
import type { Tape } from "./tape.ts";

const kernelsOf = activationKernels("gated_activation", source);

/**
 * y[t, c] = a(x[t, c]) x[t, F + c], with an activation a of the first half of the columns.
 *
 * Saves `x`. Source: Shazeer, "GLU Variants Improve Transformer", 2020.
 *
 * @param tape Runs and records the op.
 * @param x [T, 2F], F a multiple of 4; a tensor that an op returned.
 * @param kind Which activation. Default: "gelu".
 * @returns y, [T, F].
 * @throws {TypeError} If the columns are no multiple of 8.
 */
export function gatedActivation(
  tape: Tape,
  x: Tensor,
  kind: HiddenActivation = "gelu",
): Tensor {
  const { gpu } = tape;
  const { rows, columns } = x;
  if (columns % 8 !== 0) {
    throw new TypeError(
      `Cannot run gatedActivation on "${x.label}": found rows of ${columns} columns, wanted a multiple of 8`,
    );
  }
  const { forward, backward } = kernelsOf(kind);
  const params = { rows, quads: columns / 8, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(rows * params.quads / 64));
  const y = tape.empty([rows, columns / 2], `gated ${kind}(${x.label})`);
  gpu.recorder.dispatch(forward, { tensors: { x, y }, params, workgroups });
  tape.record(y, [x], [x], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    gpu.recorder.dispatch(backward, {
      tensors: { x, d_y: dY, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
