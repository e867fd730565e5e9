/**
 * The hardest triplets of a batch of labelled texts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import { hardestDistances } from "../ops/hardest_distances.ts";
import { marginLoss } from "../ops/margin_loss.ts";
import type { Tape } from "../ops/tape.ts";
import { ClassTripletLoss, type ClassTripletLossOptions } from "./class_triplet_loss.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { rowsAndClasses } from "./rows_and_classes.ts";

/**
 * Brings the farthest text of its class closer to every text than the nearest of another class, by a margin:
 * the mean of relu(max d(anchor, positive) - min d(anchor, negative) + margin) over the texts of a batch.
 *
 * Requirements: texts that are labelled with a class, at least two of each class in the dataset. The only text
 * of its class has a positive at distance 0; in a batch of a single class every text contributes the
 * margin, without a gradient.
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
 * Relations: `BatchHardSoftMarginTripletLoss` needs no margin. `BatchAllTripletLoss` takes all triplets,
 * `BatchSemiHardTripletLoss` one negative for each positive, which is safer where labels are noisy.
 *
 * ```ts ignore
 * const loss = new BatchHardTripletLoss({ margin: 5 });
 * ```
 *
 * Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017.
 * Upstream: `sentence_transformers/sentence_transformer/losses/batch_hard_triplet.py`.
 */
export class BatchHardTripletLoss extends ClassTripletLoss implements Loss {
  /**
   * A loss with the given options.
   *
   * @param options Distance and margin.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: ClassTripletLossOptions = {}) {
    super("BatchHardTripletLoss", options, true);
  }

  /** Takes the farthest positive and the nearest negative of every text. */
  override forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const hardest = hardestDistances(tape, rowsAndClasses(tape, batch, this));
    return marginLoss(tape, hardest, this.margin);
  }
}
