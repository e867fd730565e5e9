/**
 * Spreading embeddings over the sphere.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { offDiagonalMoments } from "../ops/off_diagonal_moments.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import { spreadPenalty } from "../ops/spread_penalty.ts";
import type { Tape } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";
import { cannotTrain } from "./cannot_train.ts";
import type { EmbeddedBatch, Loss, LossComponents } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** Options of {@linkcode GlobalOrthogonalRegularizationLoss}. */
export interface GlobalOrthogonalRegularizationLossOptions {
  /** How embeddings are compared. Default: `"cos_sim"`. */
  similarity_fct?: "cos_sim" | "dot_score";
  /** Factor of the square of the mean; null or 0 leaves it out. Default: 1. */
  mean_weight?: number | null;
  /** Factor of what the mean of squares exceeds 1 / C by; null or 0 leaves it out. Default: 1. */
  second_moment_weight?: number | null;
  /** How the columns are put together. Default: `"mean"`. */
  aggregation?: "mean" | "sum";
}

const weight = z.number().nullable().default(1);
const TYPES = {
  similarity_fct: z.enum(["cos_sim", "dot_score"]).default("cos_sim"),
  mean_weight: weight,
  second_moment_weight: weight,
  aggregation: z.enum(["mean", "sum"]).default("mean"),
};

/**
 * Keeps different texts of a column from being similar: the square of their mean similarity, "gor_mean",
 * and what the mean of the squares exceeds 1 / C by, "gor_second_moment", which is what directions have
 * that are spread evenly over C dimensions.
 *
 * Requirements: texts in any number of columns, those of a column unrelated to one another. A batch of one
 * row costs nothing.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | any | any, not looked at |
 *
 * Recommendations: train another loss beside it, on the same rows under another name. EmbeddingGemma took
 * `mean_weight: 0` and `aggregation: "sum"`.
 *
 * Relations: in-batch losses such as `MultipleNegativesRankingLoss` spread embeddings as well, but know
 * which belong together.
 *
 * ```ts ignore
 * const loss = { pairs: new MultipleNegativesRankingLoss(), spread: new GlobalOrthogonalRegularizationLoss() };
 * ```
 *
 * Source: Zhang et al., "Learning Spread-out Local Feature Descriptors", 2017; upstream's
 * losses/global_orthogonal_regularization.py.
 */
export class GlobalOrthogonalRegularizationLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "GlobalOrthogonalRegularizationLoss";
  /** Its options. */
  readonly config: Required<GlobalOrthogonalRegularizationLossOptions>;
  /** False: it has no classes. */
  readonly smoothsLabels = false;
  /** Those of "gor_mean" and "gor_second_moment" whose weight is not 0. */
  readonly components: readonly string[];
  /** The paper in BibTeX. */
  readonly citation: string = `@misc{zhang2017learningspreadoutlocalfeature,
    title={Learning Spread-out Local Feature Descriptors},
    author={Xu Zhang and Felix X. Yu and Sanjiv Kumar and Shih-Fu Chang},
    year={2017},
    eprint={1708.06320},
    archivePrefix={arXiv},
    primaryClass={cs.CV}
}`;

  /**
   * A loss with the given options.
   *
   * @param options Similarity, weights and how columns are put together.
   * @throws {UsageError} If an option has no sense, or both weights are 0.
   */
  constructor(options: GlobalOrthogonalRegularizationLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
    const { mean_weight, second_moment_weight } = this.config;
    if (!mean_weight && !second_moment_weight) {
      throw new UsageError(
        `Cannot set up ${this.name}: At least one of mean_weight or second_moment_weight must be non-zero; found ${mean_weight} and ${second_moment_weight}`,
      );
    }
    this.components = [
      ...(mean_weight ? ["gor_mean"] : []),
      ...(second_moment_weight ? ["gor_second_moment"] : []),
    ];
  }

  /** Wants a text column or more; labels are not looked at. */
  checkColumns(columns: readonly string[]): void {
    if (columns.length === 0) throw cannotTrain(this.name, columns, "at least one");
  }

  /** Every column is looked at by itself. */
  forward(tape: Tape, { embeddings, columns }: EmbeddedBatch): LossComponents {
    const { similarity_fct, mean_weight, second_moment_weight, aggregation } = this.config;
    const x = similarity_fct === "cos_sim" ? l2Normalize(tape, embeddings) : embeddings;
    const moments = columns.map(({ first, count }) =>
      offDiagonalMoments(tape, sliceRows(tape, x, first, count))
    );
    const threshold = 1 / embeddings.columns;
    const component = (term: "mean" | "second moment", weight: number): Tensor => {
      const penalties = moments.map((m) => spreadPenalty(tape, { moments: m, term, threshold }));
      const factor = aggregation === "sum" ? weight : weight / moments.length;
      return weightedSum(tape, penalties, penalties.map(() => factor));
    };
    return {
      ...(mean_weight ? { gor_mean: component("mean", mean_weight) } : {}),
      ...(second_moment_weight
        ? { gor_second_moment: component("second moment", second_moment_weight) }
        : {}),
    };
  }
}
