/**
 * Scaling by a trained factor.
 *
 * @module
 */
import source from "../../shaders/exp_scale.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "exp_scale", source, entryPoint: "forward" });
const ROW_DOTS = new RowKernel({ name: "exp_scale", source, entryPoint: "row_dots" });
const TOTAL = new Kernel({ name: "exp_scale", source, entryPoint: "total" });

/** Arguments of {@linkcode expScale}. */
export interface ExpScaleInputs {
  /** [R, C], C a multiple of 4. */
  x: Tensor;
  /** The logarithm of the factor, a scalar. */
  logScale: Tensor;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * y = exp(s) x, with s the logarithm of a factor, so that training keeps the factor above 0.
 *
 * Saves both operands. Source: Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", 2021, section 2.5.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [R, C].
 * @throws {TypeError} If the logarithm is not a scalar.
 */
export function expScale(tape: Tape, { x, logScale, lanes }: ExpScaleInputs): Tensor {
  const { gpu } = tape;
  const { rows } = x;
  const width = quadsOf("expScale", x);
  checkShape("expScale", "logScale", logScale, []);
  const params = { rows, width, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(rows * width / 64));
  const y = tape.empty(x.shape, `scaled ${x.label}`);
  gpu.recorder.dispatch(FORWARD, { tensors: { x, log_scale: logScale, y }, params, workgroups });
  tape.record(y, [x, logScale], [x, logScale], (dY) => {
    const dX = tape.slot(x);
    if (dX !== null) {
      gpu.recorder.dispatch(FORWARD, {
        tensors: { x: dY, log_scale: logScale, y: dX.gradient },
        params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
        workgroups,
      });
    }
    const slot = tape.slot(logScale);
    if (slot === null) return;
    tape.temporary([rows], "row products", (products) => {
      ROW_DOTS.dispatch(gpu, { tensors: { x, d_y: dY, products }, params, rows, lanes });
      gpu.recorder.dispatch(TOTAL, {
        tensors: { all_products: products, log_scale: logScale, d_log_scale: slot.gradient },
        params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
        workgroups: [1],
      });
    });
  });
  return y;
}
