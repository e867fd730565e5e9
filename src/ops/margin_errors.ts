/**
 * How far margins between scores are from a teacher's.
 *
 * @module
 */
import source from "../../shaders/margin_errors.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const KERNELS = [0, 1].map((RAW) => {
  const init = { name: "margin_errors", source, constants: { RAW } };
  return {
    forward: new Kernel({ ...init, entryPoint: "forward" }),
    backward: new Kernel({ ...init, entryPoint: "backward" }),
  };
});

/** Arguments of {@linkcode marginErrors}. */
export interface MarginErrorsInputs {
  /** [B, n + 1]: the score of a positive, then those of its n negatives; n is at least 1. */
  scores: Tensor;
  /** [B, n], the wanted margins, or [B, n + 1], the scores whose margins they are. No gradient. */
  labels: Tensor;
}

/**
 * terms_i = mean over j from 1 to n of ((s_i0 - s_ij) - m_ij)^2, with m the wanted margins. Saves both
 * operands.
 *
 * Source: Hofstätter et al., "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge
 * Distillation", 2020.
 *
 * @param tape Runs and records the op.
 * @param inputs Scores and labels.
 * @returns The terms, [B].
 * @throws {TypeError} If shapes disagree.
 */
export function marginErrors(tape: Tape, { scores, labels }: MarginErrorsInputs): Tensor {
  const { recorder } = tape.gpu;
  const rows = scores.rows;
  const negatives = scores.columns - 1;
  const isRaw = labels.columns === negatives + 1;
  if (negatives < 1 || labels.rows !== rows || !(isRaw || labels.columns === negatives)) {
    throw new TypeError(
      `Cannot run marginErrors: found labels [${labels.shape}] for scores [${scores.shape}], wanted at least two scores a row, and a label for each or one less`,
    );
  }
  const { forward, backward } = KERNELS[isRaw ? 1 : 0];
  const params = { rows, negatives, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(rows / 64));
  const terms = tape.empty([rows], "margin errors");
  recorder.dispatch(forward, { tensors: { scores, labels, terms }, params, workgroups });
  tape.record(terms, [scores], [scores, labels], (dTerms) => {
    const dScores = tape.slot(scores);
    if (dScores === null) return;
    recorder.dispatch(backward, {
      tensors: { scores, labels, d_terms: dTerms, d_scores: dScores.gradient },
      params: { ...params, accumulate: dScores.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return terms;
}
