/**
 * Distillation of embeddings by mean squared error.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkTeacherVectors, teacherDistance } from "./teacher_vectors.ts";

/**
 * Brings embeddings close to those that a teacher made: the mean of the squares of what all their numbers
 * are off by.
 *
 * Requirements: embeddings of a teacher, as long as the model's, computed before and stored as labels.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | text | embedding by the teacher |
 * | text 1, ..., text n | one embedding, which all n are to have |
 * | text 1, ..., text n | the n embeddings, one after the other |
 *
 * Recommendations: to teach a model new languages, give a text and its translations as columns, and as
 * label what the teacher makes of the text.
 *
 * Relations: `EmbedDistillLoss` has other distances, and a projection to embeddings of another length.
 * `MarginMSELoss` learns differences of scores.
 *
 * ```ts ignore
 * const loss = new MSELoss();
 * ```
 *
 * Source: Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge
 * Distillation", 2020; upstream's losses/mse.py.
 */
export class MSELoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MSELoss";
  /** It has no options. */
  readonly config: Readonly<Record<string, never>>;
  /** False: it has no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{reimers-2020-multilingual-sentence-bert,
    title={Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation},
    author={Reimers, Nils and Gurevych, Iryna},
    booktitle={Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing},
    month={11},
    year={2020},
    publisher={Association for Computational Linguistics},
    url={https://arxiv.org/abs/2004.09813}
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

  /** Wants text columns, and vectors as labels. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkTeacherVectors(this.name, { columns, labels }, null);
  }

  /** All columns are compared with the labels. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return teacherDistance(tape, batch, { x: batch.embeddings, metric: "mse", loss: this.name });
  }
}
