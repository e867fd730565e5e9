/**
 * Sums of scalars.
 *
 * @module
 */
import source from "../../shaders/weighted_sum.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const ADD_TERM = new Kernel({ name: "weighted_sum", source, entryPoint: "add_term" });

/**
 * y = w_1 x_1 + w_2 x_2 + ..., added in this order. Saves nothing.
 *
 * It adds the components of a loss, and the losses that a modifier takes at several lengths or layers.
 *
 * @param tape Runs and records the op.
 * @param scalars At least one scalar; the same one may occur several times.
 * @param weights A factor for each. Default: 1 for all.
 * @returns y, a scalar.
 * @throws {RangeError} If there is no scalar, or not as many weights.
 * @throws {TypeError} If a tensor is not a scalar.
 */
export function weightedSum(
  tape: Tape,
  scalars: readonly Tensor[],
  weights: readonly number[] = scalars.map(() => 1),
): Tensor {
  const { recorder } = tape.gpu;
  if (scalars.length === 0 || weights.length !== scalars.length) {
    throw new RangeError(
      `Cannot run weightedSum: found ${scalars.length} scalars and ${weights.length} weights, wanted one weight each, and at least one`,
    );
  }
  for (const scalar of scalars) checkShape("weightedSum", "scalars", scalar, []);
  const y = tape.empty([], "weighted sum");
  scalars.forEach((x, i) => {
    const params = { weight: weights[i], accumulate: i > 0 ? 1 : 0 };
    recorder.dispatch(ADD_TERM, { tensors: { x, y }, params, workgroups: [1] });
  });
  tape.record(y, scalars, [], (dY) => {
    scalars.forEach((scalar, i) => {
      const slot = tape.slot(scalar);
      if (slot === null) return;
      recorder.dispatch(ADD_TERM, {
        tensors: { x: dY, y: slot.gradient },
        params: { weight: weights[i], accumulate: slot.accumulate ? 1 : 0 },
        workgroups: [1],
      });
    });
  });
  return y;
}
