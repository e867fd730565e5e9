/**
 * Semi-hard triplets of a batch of labelled texts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { tripletSums } from "../ops/triplet_sums.ts";
import { ClassTripletLoss, type ClassTripletLossOptions } from "./class_triplet_loss.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { rowsAndClasses } from "./rows_and_classes.ts";

/**
 * Brings texts of one class closer together than to texts of other classes, by a margin, with one negative
 * for each positive: the nearest that is farther than the positive, or the farthest of all where none is.
 * The mean of relu(d(anchor, positive) - d(anchor, negative) + margin) over all anchors and positives.
 *
 * Requirements: texts that are labelled with a class, at least two of each class in the dataset. A batch
 * without positives has loss 0; in one of a single class the distance of the negative counts as 0, as
 * upstream.
 *
 * Inputs:
 *
 * | Columns  | Labels                |
 * | -------- | --------------------- |
 * | one text | class, a whole number |
 *
 * Recommendations: the batch sampler `group_by_label`, which fills batches with several texts of each of
 * several classes.
 *
 * Relations: `BatchHardTripletLoss` takes the hardest triplet of every text, `BatchAllTripletLoss` all of
 * them. Triplets of medium difficulty keep training from collapsing on noisy data.
 *
 * ```ts ignore
 * const loss = new BatchSemiHardTripletLoss({ margin: 5 });
 * ```
 *
 * Source: Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
 * Clustering", 2015. Upstream: `sentence_transformers/sentence_transformer/losses/batch_semi_hard_triplet.py`.
 */
export class BatchSemiHardTripletLoss extends ClassTripletLoss implements Loss {
  /**
   * A loss with the given options.
   *
   * @param options Distance and margin.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: ClassTripletLossOptions = {}) {
    super("BatchSemiHardTripletLoss", options, true);
  }

  /** Chooses one negative for each positive and averages. */
  override forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const rows = rowsAndClasses(tape, batch, this);
    return tripletSums(tape, { ...rows, triplets: "semi_hard", margin: this.margin! });
  }
}
