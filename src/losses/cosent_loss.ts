/**
 * Ranking of pairs of texts by their labels.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { compareRows, type CompareRowsInputs } from "../ops/compare_rows.ts";
import { rankingLogSumExp } from "../ops/ranking_log_sum_exp.ts";
import type { Tape } from "../ops/tape.ts";
import { anchorsAndOthers } from "./anchors_and_others.ts";
import { checkLossColumns } from "./check_loss_columns.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { requiredLabels } from "./required_labels.ts";

/** Similarities by upstream's names; distances count as their negatives. */
const SIMILARITIES: Readonly<Record<string, Pick<CompareRowsInputs, "measure" | "factor">>> = {
  pairwise_cos_sim: { measure: "cosine" },
  pairwise_dot_score: { measure: "dot" },
  pairwise_euclidean_sim: { measure: "euclidean", factor: -1 },
  pairwise_manhattan_sim: { measure: "manhattan", factor: -1 },
  pairwise_angle_sim: { measure: "angle" },
};

const TYPES = {
  scale: z.number().positive().default(20),
  similarity_fct: z.enum([
    ...Object.keys(SIMILARITIES),
    ...Object.keys(SIMILARITIES).map((name) => name.replace("pairwise_", "")),
  ]).transform((name) => name.startsWith("pairwise_") ? name : `pairwise_${name}`)
    .default("pairwise_cos_sim"),
};

/** Options of {@linkcode CoSENTLoss}. */
export interface CoSENTLossOptions {
  /** Factor of the similarities, the inverse of a temperature. Default: 20. */
  scale?: number;
  /**
   * How the two texts of a pair are compared: `"pairwise_cos_sim"`, `"pairwise_dot_score"`,
   * `"pairwise_euclidean_sim"`, `"pairwise_manhattan_sim"` or `"pairwise_angle_sim"`; `pairwise_` may be
   * left out. Default: `"pairwise_cos_sim"`.
   */
  similarity_fct?: string;
}

/**
 * Brings the similarities of pairs into the order of their labels: log(1 + the sum of
 * exp(scale (s_i - s_j)) over all pairs i, j of the batch whose labels say that i is less similar than j).
 *
 * Requirements: pairs of texts with a score each. The order of the scores counts, not their range; a
 * batch of equal scores, or of one pair, has loss 0.
 *
 * Inputs:
 *
 * | Columns  | Labels       |
 * | -------- | ------------ |
 * | two texts | score, any number |
 *
 * Recommendations: batches with many different scores, since pairs of equal scores are not compared.
 *
 * Relations: `AnglELoss` is this one with `pairwise_angle_sim`. `CosineSimilarityLoss` fits the scores
 * themselves, which usually trains more slowly.
 *
 * ```ts ignore
 * const loss = new CoSENTLoss({ scale: 20 });
 * ```
 *
 * Source: Huang et al., "CoSENT: Consistent Sentence Embedding via Similarity Ranking", 2024. Upstream:
 * `sentence_transformers/sentence_transformer/losses/cosent.py`.
 */
export class CoSENTLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name: string = "CoSENTLoss";
  /** Its options. */
  readonly config: Required<CoSENTLossOptions>;
  /** False: it chooses among no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@article{10531646,
    author={Huang, Xiang and Peng, Hao and Zou, Dongcheng and Liu, Zhiwei and Li, Jianxin and Liu, Kay and Wu, Jia and Su, Jianlin and Yu, Philip S.},
    journal={IEEE/ACM Transactions on Audio, Speech, and Language Processing},
    title={CoSENT: Consistent Sentence Embedding via Similarity Ranking},
    year={2024},
    doi={10.1109/TASLP.2024.3402087}
}`;

  /**
   * A loss with the given options.
   *
   * @param options Scale and similarity.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: CoSENTLossOptions = {}) {
    this.config = lossOptions("CoSENTLoss", TYPES, options);
  }

  /** Wants two text columns and a number as label. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "the two texts of a pair",
      count: [2, 2],
      label: "score",
    });
  }

  /** Compares the two columns row by row and ranks the similarities. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return this.rank(tape, batch, requiredLabels(this.name, batch));
  }

  /**
   * Ranks the similarities of anchors with all other columns.
   *
   * @param tape Runs and records.
   * @param batch The embeddings.
   * @param labels One label an anchor, which its text of the second column has; the texts of further
   *   columns have one minus it. Null stands for ones.
   * @returns A scalar.
   */
  protected rank(tape: Tape, batch: EmbeddedBatch, labels: Tensor | null): Tensor {
    const { scale, similarity_fct } = this.config;
    const pairs = anchorsAndOthers(tape, batch);
    const scores = compareRows(tape, { ...pairs, ...SIMILARITIES[similarity_fct] });
    return rankingLogSumExp(tape, { scores, labels, labelCount: pairs.a.rows, scale });
  }
}
