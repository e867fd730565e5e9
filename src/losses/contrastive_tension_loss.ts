/**
 * Contrastive tension on given pairs.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { binaryCrossEntropy } from "../ops/binary_cross_entropy.ts";
import { documentScores } from "../ops/document_scores.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import type { Tape } from "../ops/tape.ts";
import { cannotTrain } from "./cannot_train.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/**
 * Trains a model and a copy of it to agree on the same text, and on nothing else: binary cross entropy of
 * the products of the copy's embedding of the first text and the model's of the second, summed over a
 * batch.
 *
 * Requirements: pairs of texts and whether both are the same text. No knowledge of meanings is needed.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | text, the same text | 1 |
 * | text, another text | 0 |
 *
 * Recommendations: seven pairs of different texts for one of the same. As the loss is a sum, its size goes
 * with the batch's; upstream compares token ids where labels are missing, here they must be given.
 *
 * Relations: `ContrastiveTensionLossInBatchNegatives` takes all other texts of a batch for different ones,
 * learns more of each batch, and needs no pairs.
 *
 * ```ts ignore
 * const loss = new ContrastiveTensionLoss();
 * ```
 *
 * Source: Carlsson et al., "Semantic Re-tuning with Contrastive Tension", 2021; upstream's
 * losses/contrastive_tension.py.
 */
export class ContrastiveTensionLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "ContrastiveTensionLoss";
  /** It has no options. */
  readonly config: Readonly<Record<string, never>>;
  /** False: it has no classes to choose among. */
  readonly smoothsLabels = false;
  /** The copy of the model. */
  readonly wants: LossWants = { twin: true };
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{carlsson2021semantic,
    title={Semantic Re-tuning with Contrastive Tension},
    author={Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\\"a}{\\"a} Hellqvist and Magnus Sahlgren},
    booktitle={International Conference on Learning Representations},
    year={2021}
}`;

  /**
   * The loss.
   *
   * @param options None.
   * @throws {UsageError} If there is one.
   */
  constructor(options: Readonly<Record<string, never>> = {}) {
    this.config = lossOptions(this.name, {}, options);
  }

  /** Wants two text columns and labels from 0 to 1. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    if (columns.length !== 2) throw cannotTrain(this.name, columns, "two");
    const fits = labels !== null && labels.width === 1 && labels.minimum >= 0 &&
      labels.maximum <= 1;
    if (!fits) {
      throw cannotTrain(this.name, labels, "1 for each pair of the same text, 0 for all others");
    }
  }

  /** The copy embeds the first column, the model the second. */
  forward(tape: Tape, { embeddings, columns, labels, twin }: EmbeddedBatch): Tensor {
    if (twin === undefined || labels === null) {
      throw new TypeError(
        `Cannot run ${this.name}: wanted labels, and embeddings by the copy of the model`,
      );
    }
    const { count } = columns[0];
    const logits = documentScores(tape, {
      queries: sliceRows(tape, twin, 0, count),
      documents: sliceRows(tape, embeddings, count, count),
      measure: "dot",
    });
    return scaledSum(tape, binaryCrossEntropy(tape, { logits, labels }), 1);
  }
}
