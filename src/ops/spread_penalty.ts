/**
 * What it costs that similarities are large.
 *
 * @module
 */
import source from "../../shaders/spread_penalty.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const KERNELS = [0, 1].map((TERM) => {
  const init = { name: "spread_penalty", source, constants: { TERM } };
  return {
    forward: new Kernel({ ...init, entryPoint: "forward" }),
    backward: new Kernel({ ...init, entryPoint: "backward" }),
  };
});

/** Arguments of {@linkcode spreadPenalty}. */
export interface SpreadPenaltyInputs {
  /** [2]: mean and mean of squares, of `offDiagonalMoments`. */
  moments: Tensor;
  /** Which moment costs. */
  term: "mean" | "second moment";
  /** Up to where the second moment is free. */
  threshold: number;
}

/**
 * y = mean^2, or max(second moment - threshold, 0). Saves the moments.
 *
 * Source: Zhang et al., "Learning Spread-out Local Feature Descriptors", 2017, section 3.3.
 *
 * @param tape Runs and records the op.
 * @param inputs The moments and what of them costs.
 * @returns y, a scalar.
 * @throws {TypeError} If there are not two moments.
 */
export function spreadPenalty(
  tape: Tape,
  { moments, term, threshold }: SpreadPenaltyInputs,
): Tensor {
  const { recorder } = tape.gpu;
  checkShape("spreadPenalty", "moments", moments, [2]);
  const { forward, backward } = KERNELS[term === "mean" ? 0 : 1];
  const params = { threshold, accumulate: 0 };
  const y = tape.empty([], term);
  recorder.dispatch(forward, { tensors: { moments, y }, params, workgroups: [1] });
  tape.record(y, [moments], [moments], (dY) => {
    const slot = tape.slot(moments);
    if (slot === null) return;
    recorder.dispatch(backward, {
      tensors: { moments, d_y: dY, d_moments: slot.gradient },
      params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
      workgroups: [1],
    });
  });
  return y;
}
