/**
 * Distillation of margins.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { marginErrors } from "../ops/margin_errors.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import type { Tape } from "../ops/tape.ts";
import { cannotTrain } from "./cannot_train.ts";
import { labelRows } from "./label_rows.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import {
  PAIR_SIMILARITY,
  type PairSimilarity,
  queryDocumentScores,
} from "./query_document_scores.ts";

/** Options of {@linkcode MarginMSELoss}. */
export interface MarginMSELossOptions {
  /** How a query and a document are compared. Default: `"dot_score"`. */
  similarity_fct?: PairSimilarity;
}

/**
 * Learns how much better a teacher finds the first document of a query than each other one: the mean of
 * squares of what the differences of the model's scores are off by.
 *
 * Requirements: for each query two documents or more, and a teacher's scores, computed before. The first
 * document need not be the better one.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | query, positive, negative | teacher's score of the positive less that of the negative |
 * | query, positive, negative 1, ..., negative n | the n differences |
 * | query, positive, negative 1, ..., negative n | the n + 1 scores |
 *
 * Recommendations: scores of a cross-encoder, which is more exact than any bi-encoder. Compare by product:
 * cosines cannot reach margins above 2.
 *
 * Relations: `DistillKLDivLoss` learns a teacher's ranking in place of its margins, `MSELoss` its embeddings.
 *
 * ```ts ignore
 * const loss = new MarginMSELoss();
 * ```
 *
 * Source: Hofstätter et al., "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge
 * Distillation", 2020; upstream's losses/margin_mse.py.
 */
export class MarginMSELoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MarginMSELoss";
  /** Its options. */
  readonly config: Required<MarginMSELossOptions>;
  /** False: it has no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@misc{hofstätter2021improving,
    title={Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation},
    author={Sebastian Hofstätter and Sophia Althammer and Michael Schröder and Mete Sertkan and Allan Hanbury},
    year={2021},
    eprint={2010.02666},
    archivePrefix={arXiv},
    primaryClass={cs.IR}
}`;

  /**
   * A loss with the given options.
   *
   * @param options The similarity.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MarginMSELossOptions = {}) {
    this.config = lossOptions(this.name, { similarity_fct: PAIR_SIMILARITY }, options);
  }

  /** Wants three text columns or more, and a label for each negative or for each document. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    if (columns.length < 3) {
      throw cannotTrain(this.name, columns, "query, positive and at least one negative");
    }
    const negatives = columns.length - 2;
    if (labels === null || ![negatives, negatives + 1].includes(labels.width)) {
      throw cannotTrain(
        this.name,
        labels,
        `1) lists of differences between positive scores and negatives scores (length ${negatives}), or 2) lists of positive and negative scores (length ${
          negatives + 1
        })`,
      );
    }
  }

  /** The first column are the queries, all others their documents. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const scores = queryDocumentScores(tape, batch, this.config.similarity_fct);
    const terms = marginErrors(tape, { scores, labels: labelRows(this.name, batch) });
    return scaledSum(tape, terms, 1 / terms.size);
  }
}
