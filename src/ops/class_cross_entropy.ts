/**
 * Cross entropy over classes.
 *
 * @module
 */
import source from "../../shaders/class_cross_entropy.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new RowKernel({ name: "class_cross_entropy", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "class_cross_entropy", source, entryPoint: "backward" });

/** Arguments of {@linkcode classCrossEntropy}. */
export interface ClassCrossEntropyInputs {
  /** [R, K], any K. */
  logits: Tensor;
  /** [R]: the class of each row, a whole number in [0, K). */
  labels: Tensor;
  /** The share of the target that all classes get alike, in [0, 1]. Default: 0. */
  labelSmoothing?: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * terms_i = log sum over k of exp(z_ik) - z_iy, z the logits and y the label of row i; smoothed by e,
 * (1 - e) z_iy + e mean over k of z_ik takes the place of z_iy.
 *
 * Saves the logits, the labels and one log-sum-exp a row. The row's maximum is subtracted before every
 * exponential. Labels are not checked. Source: `torch.nn.CrossEntropyLoss(reduction="none")`.
 *
 * @param tape Runs and records the op.
 * @param inputs Logits and labels.
 * @returns The terms, [R].
 * @throws {TypeError} If there is not one label a row.
 * @throws {RangeError} If the smoothing is outside [0, 1].
 */
export function classCrossEntropy(tape: Tape, inputs: ClassCrossEntropyInputs): Tensor {
  const { gpu } = tape;
  const { logits, labels, labelSmoothing: smoothing = 0, lanes } = inputs;
  const [rows, classes] = [logits.rows, logits.columns];
  checkShape("classCrossEntropy", "labels", labels, [rows]);
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new RangeError(
      `Cannot run classCrossEntropy: labelSmoothing is ${smoothing}, wanted [0, 1]`,
    );
  }
  const params = { rows, classes, smoothing, accumulate: 0 };
  const terms = tape.empty([rows], "cross entropies");
  const lse = tape.empty([rows], "log-sum-exp");
  FORWARD.dispatch(gpu, {
    tensors: { logits, labels, terms, log_sum_exp: lse },
    params,
    rows,
    lanes,
  });
  tape.record(terms, [logits], [logits, labels, lse], (dTerms) => {
    const dLogits = tape.slot(logits);
    if (dLogits === null) return;
    gpu.recorder.dispatch(BACKWARD, {
      tensors: { logits, labels, lse, d_terms: dTerms, d_logits: dLogits.gradient },
      params: { ...params, accumulate: dLogits.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(logits.size / 64)),
    });
  });
  return terms;
}
