/**
 * All triplets of a batch of labelled texts.
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
 * Brings texts of one class closer together than to texts of other classes, by a margin, over all triplets
 * of a batch: the mean of relu(d(anchor, positive) - d(anchor, negative) + margin) over those triplets for
 * which it is above 0; 0 where there is none.
 *
 * Requirements: texts that are labelled with a class, at least two of each class in the dataset. A batch
 * without positives or without negatives has loss 0.
 *
 * Inputs:
 *
 * | Columns  | Labels                |
 * | -------- | --------------------- |
 * | one text | class, a whole number |
 *
 * Recommendations: the batch sampler `group_by_label`, which fills batches with several texts of each of
 * several classes.
 * Time grows with the number of triplets, memory with the number of texts.
 *
 * Relations: `BatchHardTripletLoss` takes the hardest triplet of every text, `BatchSemiHardTripletLoss` one
 * negative for each positive. `TripletLoss` takes triplets that the data names.
 *
 * ```ts ignore
 * const loss = new BatchAllTripletLoss({ margin: 5 });
 * ```
 *
 * Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017.
 * Upstream: `sentence_transformers/sentence_transformer/losses/batch_all_triplet.py`.
 */
export class BatchAllTripletLoss extends ClassTripletLoss implements Loss {
  /**
   * A loss with the given options.
   *
   * @param options Distance and margin.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: ClassTripletLossOptions = {}) {
    super("BatchAllTripletLoss", options, true);
  }

  /** Averages over the triplets that break the margin. */
  override forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const rows = rowsAndClasses(tape, batch, this);
    return tripletSums(tape, { ...rows, triplets: "all", margin: this.margin! });
  }
}
