/**
 * Cross entropy of yes-or-no questions.
 *
 * @module
 */
import source from "../../shaders/binary_cross_entropy.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "binary_cross_entropy", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "binary_cross_entropy", source, entryPoint: "backward" });

/** Arguments of {@linkcode binaryCrossEntropy}. */
export interface BinaryCrossEntropyInputs {
  /** Any shape; the sigmoid of an element is the probability of "yes". */
  logits: Tensor;
  /** As many elements in [0, 1]. No gradient. */
  labels: Tensor;
}

/**
 * terms_i = -y_i log sigmoid(z_i) - (1 - y_i) log(1 - sigmoid(z_i)), finite for any finite logit z_i.
 *
 * Saves both operands. Source: `torch.nn.BCEWithLogitsLoss(reduction="none")`.
 *
 * @param tape Runs and records the op.
 * @param inputs Logits and labels.
 * @returns The terms, one an element.
 * @throws {TypeError} If there is not a label for each logit.
 */
export function binaryCrossEntropy(
  tape: Tape,
  { logits, labels }: BinaryCrossEntropyInputs,
): Tensor {
  const { recorder } = tape.gpu;
  const { size } = logits;
  if (labels.size !== size) {
    throw new TypeError(
      `Cannot run binaryCrossEntropy: found ${labels.size} labels for ${size} logits, wanted one each`,
    );
  }
  const params = { size, accumulate: 0 };
  const workgroups = foldWorkgroups(Math.ceil(size / 64));
  const terms = tape.empty([size], "cross entropies");
  recorder.dispatch(FORWARD, { tensors: { logits, labels, terms }, params, workgroups });
  tape.record(terms, [logits], [logits, labels], (dTerms) => {
    const dLogits = tape.slot(logits);
    if (dLogits === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { logits, labels, d_terms: dTerms, d_logits: dLogits.gradient },
      params: { ...params, accumulate: dLogits.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return terms;
}
