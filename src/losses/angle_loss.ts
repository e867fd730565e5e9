/**
 * Ranking of pairs of texts by angles between complex numbers.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { checkLossColumns } from "./check_loss_columns.ts";
import { CoSENTLoss } from "./cosent_loss.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { requiredLabels } from "./required_labels.ts";

/** Options of {@linkcode AnglELoss}. */
export interface AnglELossOptions {
  /** Factor of the similarities, the inverse of a temperature. Default: 20. */
  scale?: number;
}

/**
 * `CoSENTLoss` with another similarity, whose gradient does not fade where cosines come close to 1 or
 * -1: the halves of an embedding are the real and imaginary parts of complex numbers; they are divided,
 * and the parts of the quotients add up.
 *
 * Requirements: pairs of texts with a score each, or anchors with a positive and negatives; embeddings
 * of a multiple of 8 numbers.
 *
 * Inputs:
 *
 * | Columns                                       | Labels            |
 * | --------------------------------------------- | ----------------- |
 * | two texts                                     | score, any number |
 * | anchor, positive, negative                    | none              |
 * | anchor, positive, negative_1, ..., negative_n | none              |
 *
 * With negatives, the pair of anchor and positive has label 1 and every pair of anchor and negative 0; where
 * there are labels, the former has the label and the latter one minus it.
 *
 * Recommendations: the authors train with it and `MultipleNegativesRankingLoss` together.
 *
 * Relations: `CoSENTLoss` compares by cosines. `CosineSimilarityLoss` fits the scores themselves.
 *
 * ```ts ignore
 * const loss = new AnglELoss({ scale: 20 });
 * ```
 *
 * Source: Li and Li, "AoE: Angle-optimized Embeddings for Semantic Textual Similarity", 2024, after the
 * authors' code: the paper's equation 3 subtracts the other way round. Upstream:
 * `sentence_transformers/sentence_transformer/losses/angle.py`.
 */
export class AnglELoss extends CoSENTLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  override readonly name: string = "AnglELoss";
  /** The paper in BibTeX. */
  override readonly citation: string = `@inproceedings{li-li-2024-aoe,
    title = "{A}o{E}: Angle-optimized Embeddings for Semantic Textual Similarity",
    author = "Li, Xianming and Li, Jing",
    year = "2024",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/2024.acl-long.101/",
    doi = "10.18653/v1/2024.acl-long.101"
}`;

  /**
   * A loss with the given options.
   *
   * @param options The scale.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: AnglELossOptions = {}) {
    const types = { scale: z.number().positive().default(20) };
    super({ ...lossOptions("AnglELoss", types, options), similarity_fct: "pairwise_angle_sim" });
  }

  /** Wants two text columns and a number as label, or more text columns. */
  override checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "the two texts of a pair, or anchor, positive and negatives",
      count: [2, Infinity],
      label: "score",
      optional: columns.length > 2,
      missing: "AnglELoss requires labels for datasets with pairs.",
    });
  }

  /** Compares the first column with all others and ranks the similarities. */
  override forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const isPairs = batch.columns.length === 2;
    return this.rank(tape, batch, isPairs ? requiredLabels(this.name, batch) : batch.labels);
  }
}
