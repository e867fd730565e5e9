/**
 * Regression of cosines to scores.
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
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { requiredLabels } from "./required_labels.ts";

/** A type whose only value is a class of torch, which may be named without its module. */
function only(module: string, name: string) {
  const full = `${module}.${name}`;
  return z.enum([name, full]).transform(() => full).default(full);
}

const TYPES = {
  loss_fct: only("torch.nn.modules.loss", "MSELoss"),
  cos_score_transformation: only("torch.nn.modules.linear", "Identity"),
};

/** Options of {@linkcode CosineSimilarityLoss}. */
export interface CosineSimilarityLossOptions {
  /** What is made of cosine and label: `"MSELoss"`, the mean square of their difference. */
  loss_fct?: string;
  /** What is made of a cosine first: `"Identity"`, nothing. */
  cos_score_transformation?: string;
}

/**
 * Fits the cosine of two texts to a score: the mean of (cosine - score)^2.
 *
 * Requirements: pairs of texts with a score each, in the range of cosines, -1 to 1; scores of another
 * range must be divided first, since no cosine reaches them.
 *
 * Inputs:
 *
 * | Columns   | Labels               |
 * | --------- | -------------------- |
 * | two texts | similarity, -1 to 1  |
 *
 * Recommendations: scores from 0 to 1. The model keeps cosines close to the scores, which helps where a
 * threshold decides.
 *
 * Relations: `CoSENTLoss` and `AnglELoss` look at the order of the scores alone and usually train better
 * models by rank correlation.
 *
 * ```ts ignore
 * const loss = new CosineSimilarityLoss();
 * ```
 *
 * Source: Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", 2019.
 * Upstream: `sentence_transformers/sentence_transformer/losses/cosine_similarity.py`.
 */
export class CosineSimilarityLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "CosineSimilarityLoss";
  /** Its options, as full names of torch's classes. */
  readonly config: Required<CosineSimilarityLossOptions>;
  /** False: it chooses among no classes. */
  readonly smoothsLabels = false;
  /** Null: upstream names no paper. */
  readonly citation = null;

  /**
   * A loss with the given options.
   *
   * @param options Each has one value.
   * @throws {UsageError} If an option has another value.
   */
  constructor(options: CosineSimilarityLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants two text columns and a similarity as label. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "the two texts of a pair",
      count: [2, 2],
      label: "similarity",
    });
  }

  /** Compares the two columns row by row. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const labels = requiredLabels(this.name, batch);
    const pairs = anchorsAndOthers(tape, batch);
    const values = compareRows(tape, { ...pairs, measure: "cosine", epsilon: 1e-8 });
    return pairLoss(tape, { values, labels, kind: "squared", average: true });
  }
}
