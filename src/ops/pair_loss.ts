/**
 * Losses that compare one number a pair of texts with its label.
 *
 * @module
 */
import source from "../../shaders/pair_loss.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** What is summed: see {@linkcode pairLoss}. */
export type PairLossKind = "squared" | "contrastive" | "hard";

/** Arguments of {@linkcode pairLoss}. */
export interface PairLossInputs {
  /** [B]: similarities or distances. */
  values: Tensor;
  /** [B] */
  labels: Tensor;
  /** What is summed. */
  kind: PairLossKind;
  /** The distance that negatives keep. Default: 0. */
  margin?: number;
  /** Whether the sum is divided by B. */
  average: boolean;
}

const FORWARD = new Kernel({ name: "pair_loss", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "pair_loss", source, entryPoint: "backward" });
const KINDS: Readonly<Record<PairLossKind, number>> = { squared: 0, contrastive: 1, hard: 2 };

/**
 * The sum or the mean over B pairs of
 *
 * - `"squared"`: (v - y)^2,
 * - `"contrastive"`: (y v^2 + (1 - y) relu(margin - v)^2) / 2,
 * - `"hard"`: v^2 for positives (y = 1) that lie above the least negative, relu(margin - v)^2 for negatives
 *   (y = 0) that lie below the greatest positive, and 0 for all others. Where there is at most one negative
 *   the mean of the positives is their limit, and the other way round. Limits have no gradient.
 *
 * Saves values, labels and two limits. Source: Hadsell, Chopra and LeCun, "Dimensionality Reduction by
 * Learning an Invariant Mapping", 2006.
 *
 * @param tape Runs and records the op.
 * @param inputs Values, labels and what is made of them.
 * @returns The loss, a scalar.
 * @throws {TypeError} If there is not one label a value.
 */
export function pairLoss(tape: Tape, inputs: PairLossInputs): Tensor {
  const { values, labels, kind, margin = 0, average } = inputs;
  const { recorder } = tape.gpu;
  const { size } = values;
  checkShape("pairLoss", "labels", labels, values.shape);
  const params = { size, kind: KINDS[kind], accumulate: 0, margin, weight: average ? 1 / size : 1 };
  const loss = tape.empty([], "loss");
  const limits = tape.empty([2], "limits");
  recorder.dispatch(FORWARD, {
    tensors: { values, labels, limits, loss },
    params,
    workgroups: [1],
  });
  tape.record(loss, [values], [values, labels, limits], (dLoss) => {
    const slot = tape.slot(values);
    if (slot === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { values, labels, known_limits: limits, d_loss: dLoss, d_values: slot.gradient },
      params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(size / 64)),
    });
  });
  return loss;
}
