/**
 * Distillation of rankings.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { klDivergence } from "../ops/kl_divergence.ts";
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

/** Options of {@linkcode DistillKLDivLoss}. */
export interface DistillKLDivLossOptions {
  /** How a query and a document are compared. Default: `"dot_score"`. */
  similarity_fct?: PairSimilarity;
  /** What all scores are divided by; higher ones make softer distributions. Default: 1. */
  temperature?: number;
  /** What the model's scores are divided by. Default: null, the `temperature`. */
  student_temperature?: number | null;
  /** What the teacher's scores are divided by. Default: null, the `temperature`. */
  teacher_temperature?: number | null;
}

const temperature = z.number().positive();
const TYPES = {
  similarity_fct: PAIR_SIMILARITY,
  temperature: temperature.default(1),
  student_temperature: temperature.nullable().default(null),
  teacher_temperature: temperature.nullable().default(null),
};

/**
 * Learns how a teacher shares out a query among its documents: the Kullback-Leibler divergence of the
 * softmax of the model's scores from that of the teacher's, times the square of the model's temperature.
 *
 * Requirements: for each query two documents or more, and a teacher's score of each, computed before.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | query, positive, negative | the teacher's 2 scores |
 * | query, positive, negative 1, ..., negative n | the teacher's n + 1 scores |
 *
 * Recommendations: choose the teacher's temperature by the spread of its scores: where a row spreads over
 * more than 100 temperatures, all but the best document vanish.
 *
 * Relations: `MarginMSELoss` learns differences of scores, whatever their rank.
 *
 * ```ts ignore
 * const loss = new DistillKLDivLoss({ temperature: 2 });
 * ```
 *
 * Source: Lin et al., "Distilling Dense Representations for Ranking using Tightly-Coupled Teachers", 2020;
 * upstream's losses/distill_kl_div.py.
 */
export class DistillKLDivLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "DistillKLDivLoss";
  /** Its options. */
  readonly config: Required<DistillKLDivLossOptions>;
  /** False: its classes have shares already. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@misc{lin2020distillingdenserepresentationsranking,
    title={Distilling Dense Representations for Ranking using Tightly-Coupled Teachers},
    author={Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin},
    year={2020},
    eprint={2010.11386},
    archivePrefix={arXiv},
    primaryClass={cs.IR}
}`;

  /**
   * A loss with the given options.
   *
   * @param options Similarity and temperatures.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: DistillKLDivLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants three text columns or more, and a label for each document. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    if (columns.length < 3) {
      throw cannotTrain(
        this.name,
        columns,
        "at least 3 columns (query, positive, negative_1, ...); a softmax over one document is constant",
      );
    }
    const documents = columns.length - 1;
    if (labels === null || labels.width !== documents) {
      throw cannotTrain(
        this.name,
        labels,
        `teacher scores of shape (batch_size, N), with N = ${documents} documents`,
      );
    }
  }

  /** The first column are the queries, all others their documents. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const { similarity_fct, temperature, student_temperature, teacher_temperature } = this.config;
    const studentTemperature = student_temperature ?? temperature;
    const terms = klDivergence(tape, {
      student: queryDocumentScores(tape, batch, similarity_fct),
      teacher: labelRows(this.name, batch),
      studentTemperature,
      teacherTemperature: teacher_temperature ?? temperature,
    });
    return scaledSum(tape, terms, studentTemperature ** 2 / terms.size);
  }
}
