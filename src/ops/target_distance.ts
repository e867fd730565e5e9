/**
 * How far rows are from vectors that they should become.
 *
 * @module
 */
import source from "../../shaders/target_distance.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** How a row is compared with its target. */
export type TargetMetric = "mse" | "l2" | "cosine";

const METRICS: readonly TargetMetric[] = ["mse", "l2", "cosine"];

const KERNELS = new Map(METRICS.map((metric, i) => {
  const init = { name: "target_distance", source, constants: { METRIC: i } };
  return [metric, {
    forward: new RowKernel({ ...init, entryPoint: "forward" }),
    backward: new Kernel({ ...init, entryPoint: "backward" }),
  }];
}));

/** Arguments of {@linkcode targetDistance}. */
export interface TargetDistanceInputs {
  /** [N B, G], any G: N blocks of B rows. */
  x: Tensor;
  /** [B, G], the same targets for every block, or [B, N G], G numbers for each. No gradient. */
  targets: Tensor;
  /** How to compare: mean of squares, Euclidean distance, or 1 - cosine. */
  metric: TargetMetric;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * terms_r = the distance of row r of x from its target.
 *
 * Saves both operands and four numbers a row. The Euclidean distance has gradient 0 where it is 0; lengths
 * below 1e-8 count as 1e-8 under the cosine. Source: `torch.nn.functional.mse_loss`, `torch.norm` and
 * `torch.nn.functional.cosine_similarity`.
 *
 * @param tape Runs and records the op.
 * @param inputs Rows and targets.
 * @returns The terms, [N B].
 * @throws {TypeError} If shapes disagree.
 */
export function targetDistance(tape: Tape, inputs: TargetDistanceInputs): Tensor {
  const { gpu } = tape;
  const { x, targets, metric, lanes } = inputs;
  const [rows, width] = [x.rows, x.columns];
  const [batch, stride] = [targets.rows, targets.columns];
  const blocks = rows / batch;
  if (!Number.isInteger(blocks) || (stride !== width && stride !== blocks * width)) {
    throw new TypeError(
      `Cannot run targetDistance: found targets [${targets.shape}] for rows [${x.shape}], wanted as many columns, once or for every block of rows`,
    );
  }
  const step = stride === width ? 0 : width;
  const params = { rows, width, batch, stride, step, accumulate: 0 };
  const { forward, backward } = KERNELS.get(metric)!;
  const terms = tape.empty([rows], "distances");
  const state = tape.empty([rows, 4], "lengths");
  forward.dispatch(gpu, { tensors: { x, targets, terms, state }, params, rows, lanes });
  tape.record(terms, [x], [x, targets, state], (dTerms) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    gpu.recorder.dispatch(backward, {
      tensors: { x, targets, saved: state, d_terms: dTerms, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(x.size / 64)),
    });
  });
  return terms;
}
