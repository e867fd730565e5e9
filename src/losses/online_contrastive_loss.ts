/**
 * Hard pairs that are pulled together or pushed apart.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { compareRows } from "../ops/compare_rows.ts";
import { pairLoss } from "../ops/pair_loss.ts";
import type { Tape } from "../ops/tape.ts";
import { anchorsAndOthers } from "./anchors_and_others.ts";
import { checkLossColumns } from "./check_loss_columns.ts";
import { distanceMetric, measureOf } from "./distance_metrics.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { requiredLabels } from "./required_labels.ts";

const TYPES = {
  distance_metric: distanceMetric("SiameseDistanceMetric", "COSINE_DISTANCE"),
  margin: z.number().nonnegative().default(0.5),
};

/** Options of {@linkcode OnlineContrastiveLoss}. */
export interface OnlineContrastiveLossOptions {
  /**
   * `"COSINE_DISTANCE"`, `"EUCLIDEAN"` or `"MANHATTAN"`; `SiameseDistanceMetric.` may stand in front.
   * Default: `"COSINE_DISTANCE"`.
   */
  distance_metric?: string;
  /** The distance that negatives keep. Default: 0.5. */
  margin?: number;
}

/**
 * Contrasts the hard pairs of a batch only: d^2 of the positive pairs that are farther apart than the
 * closest negative pair, relu(margin - d)^2 of the negative pairs that are closer than the farthest
 * positive pair, added up over the batch.
 *
 * Requirements: pairs of texts that are labelled as positive or negative, both in every batch. Where a
 * batch has at most one pair of a kind, the mean distance of the other kind decides which of those count.
 *
 * Inputs:
 *
 * | Columns   | Labels                      |
 * | --------- | --------------------------- |
 * | two texts | 1 if positive, 0 if negative |
 *
 * Recommendations: large batches of hard data. The loss is a sum: it grows with the batch, so that a
 * larger batch wants a smaller learning rate.
 *
 * Relations: `ContrastiveLoss` counts all pairs and averages.
 *
 * ```ts ignore
 * const loss = new OnlineContrastiveLoss({ margin: 0.5 });
 * ```
 *
 * Source: upstream, `sentence_transformers/sentence_transformer/losses/online_contrastive.py`.
 */
export class OnlineContrastiveLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "OnlineContrastiveLoss";
  /** Its options. */
  readonly config: Required<OnlineContrastiveLossOptions>;
  /** False: it chooses among no classes. */
  readonly smoothsLabels = false;
  /** Null: upstream names no paper. */
  readonly citation = null;

  /**
   * A loss with the given options.
   *
   * @param options Distance and margin.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: OnlineContrastiveLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants two text columns and a label of 0 or 1. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "the two texts of a pair",
      count: [2, 2],
      label: "binary",
    });
  }

  /** Compares the two columns row by row and adds up what is hard. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const { distance_metric, margin } = this.config;
    const labels = requiredLabels(this.name, batch);
    const pairs = anchorsAndOthers(tape, batch);
    const values = compareRows(tape, { ...pairs, ...measureOf(distance_metric) });
    return pairLoss(tape, { values, labels, kind: "hard", margin, average: false });
  }
}
