/**
 * Pairs that are pulled together or pushed apart.
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
  size_average: z.boolean().default(true),
};

/** Options of {@linkcode ContrastiveLoss}. */
export interface ContrastiveLossOptions {
  /**
   * `"COSINE_DISTANCE"`, `"EUCLIDEAN"` or `"MANHATTAN"`; `SiameseDistanceMetric.` may stand in front.
   * Default: `"COSINE_DISTANCE"`.
   */
  distance_metric?: string;
  /** The distance that negatives keep. Default: 0.5. */
  margin?: number;
  /** Whether the batch is averaged; otherwise it adds up. Default: true. */
  size_average?: boolean;
}

/**
 * Pulls the texts of positive pairs together, and pushes those of negative pairs apart until they keep a
 * margin: (y d^2 + (1 - y) relu(margin - d)^2) / 2 for label y and distance d.
 *
 * Requirements: pairs of texts that are labelled as positive or negative.
 *
 * Inputs:
 *
 * | Columns   | Labels                      |
 * | --------- | --------------------------- |
 * | two texts | 1 if positive, 0 if negative |
 *
 * A label between 0 and 1 weighs both terms, as upstream does.
 *
 * Recommendations: a margin that suits the distance: cosine distances end at 2, Euclidean ones do not.
 *
 * Relations: `OnlineContrastiveLoss` counts the hard pairs of a batch only, and often trains better.
 *
 * ```ts ignore
 * const loss = new ContrastiveLoss({ margin: 0.5 });
 * ```
 *
 * Source: Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006.
 * Upstream: `sentence_transformers/sentence_transformer/losses/contrastive.py`.
 */
export class ContrastiveLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "ContrastiveLoss";
  /** Its options. */
  readonly config: Required<ContrastiveLossOptions>;
  /** False: it chooses among no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{hadsell2006dimensionality,
    author={Hadsell, R. and Chopra, S. and LeCun, Y.},
    booktitle={2006 IEEE Computer Society Conference on Computer Vision and Pattern Recognition (CVPR'06)},
    title={Dimensionality Reduction by Learning an Invariant Mapping},
    year={2006},
    volume={2},
    pages={1735-1742},
    doi={10.1109/CVPR.2006.100}
}`;

  /**
   * A loss with the given options.
   *
   * @param options Distance, margin and averaging.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: ContrastiveLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants two text columns and a label from 0 to 1. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "the two texts of a pair",
      count: [2, 2],
      label: "share",
    });
  }

  /** Compares the two columns row by row. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const { distance_metric, margin, size_average: average } = this.config;
    const labels = requiredLabels(this.name, batch);
    const pairs = anchorsAndOthers(tape, batch);
    const values = compareRows(tape, { ...pairs, ...measureOf(distance_metric) });
    return pairLoss(tape, { values, labels, kind: "contrastive", margin, average });
  }
}
