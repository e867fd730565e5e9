/**
 * Triplets of an anchor, a positive and a negative.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { compareRows } from "../ops/compare_rows.ts";
import { marginLoss } from "../ops/margin_loss.ts";
import type { Tape } from "../ops/tape.ts";
import { anchorsAndOthers } from "./anchors_and_others.ts";
import { checkLossColumns } from "./check_loss_columns.ts";
import { distanceMetric, measureOf } from "./distance_metrics.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { TRIPLET_CITATION } from "./triplet_citation.ts";

const TYPES = {
  distance_metric: distanceMetric("TripletDistanceMetric", "EUCLIDEAN"),
  triplet_margin: z.number().nonnegative().default(5),
};

/** Options of {@linkcode TripletLoss}. */
export interface TripletLossOptions {
  /**
   * `"EUCLIDEAN"`, `"COSINE"` or `"MANHATTAN"`; `TripletDistanceMetric.` may stand in front. Default:
   * `"EUCLIDEAN"`.
   */
  distance_metric?: string;
  /** How much farther than the positive the negative must be. Default: 5. */
  triplet_margin?: number;
}

/**
 * Brings every anchor closer to its positive than to its negative, by a margin: the mean of
 * relu(d(anchor, positive) - d(anchor, negative) + margin).
 *
 * Requirements: triplets of texts.
 *
 * Inputs:
 *
 * | Columns                    | Labels        |
 * | -------------------------- | ------------- |
 * | anchor, positive, negative | not looked at |
 *
 * Recommendations: a margin that suits the distance: 5 is out of reach of cosine distances, and of
 * Euclidean ones between embeddings of length 1. Negatives that are hard to tell from positives.
 *
 * Relations: `MultipleNegativesRankingLoss` takes the same triplets, compares each anchor with all
 * texts of the batch and usually trains better models. `BatchAllTripletLoss` and its kind find triplets
 * among labelled texts.
 *
 * ```ts ignore
 * const loss = new TripletLoss({ distance_metric: "COSINE", triplet_margin: 0.5 });
 * ```
 *
 * Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017.
 * Upstream: `sentence_transformers/sentence_transformer/losses/triplet.py`.
 */
export class TripletLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "TripletLoss";
  /** Its options. */
  readonly config: Required<TripletLossOptions>;
  /** False: it chooses among no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = TRIPLET_CITATION;

  /**
   * A loss with the given options.
   *
   * @param options Distance and margin.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: TripletLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants three text columns; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "anchor, positive and negative",
      count: [3, 3],
      label: null,
    });
  }

  /** Compares the first column with the two others. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const { distance_metric, triplet_margin } = this.config;
    const pairs = anchorsAndOthers(tape, batch);
    const distances = compareRows(tape, { ...pairs, ...measureOf(distance_metric) });
    return marginLoss(tape, distances, triplet_margin);
  }
}
