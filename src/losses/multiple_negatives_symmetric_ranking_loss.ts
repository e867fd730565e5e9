/**
 * The in-batch ranking loss in both directions.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkRankingColumns, rankInBatch } from "./rank_in_batch.ts";
import { rankingCitation } from "./ranking_citation.ts";
import {
  GATHER_TYPES,
  type GatherConfig,
  gatherOf,
  type RankingConfig,
  SIMILARITY_TYPES,
  SYMMETRIC,
} from "./ranking_options.ts";

/** Options of {@linkcode MultipleNegativesSymmetricRankingLoss}. */
export type MultipleNegativesSymmetricRankingLossOptions = Partial<
  Pick<RankingConfig, "scale" | "similarity_fct"> & GatherConfig
>;

/**
 * Ranks the positive of every anchor above all other documents of the batch, and the anchor of every
 * positive above all other anchors: the mean of both cross entropies.
 *
 * Requirements: pairs of texts that belong together, and batches in which texts of different rows do not.
 *
 * Inputs:
 *
 * | Columns                                       | Labels        |
 * | --------------------------------------------- | ------------- |
 * | anchor, positive                              | not looked at |
 * | anchor, positive, negative_1, ..., negative_n | not looked at |
 *
 * Negatives are candidates of the first direction only.
 *
 * Recommendations: for tasks where either text may be the query. The batch sampler `no_duplicates` keeps a
 * text from being its own negative.
 *
 * Relations: upstream deprecates it: it is `MultipleNegativesRankingLoss` with the directions
 * `query_to_doc` and `doc_to_query` and `partition_mode` `per_direction`.
 * `CachedMultipleNegativesSymmetricRankingLoss` has the same value and needs less memory.
 *
 * ```ts ignore
 * const loss = new MultipleNegativesSymmetricRankingLoss({ scale: 20 });
 * ```
 *
 * Source: Günther et al., "Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long
 * Documents", 2024. Upstream:
 * `sentence_transformers/sentence_transformer/losses/multiple_negatives_symmetric_ranking.py`.
 */
export class MultipleNegativesSymmetricRankingLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MultipleNegativesSymmetricRankingLoss";
  /** Its options. */
  readonly config: Required<Pick<RankingConfig, "scale" | "similarity_fct">> & GatherConfig;
  /** Whether the trainer gathers the texts of all processes. */
  readonly wants: LossWants;
  /** False: it has two sets of classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = rankingCitation(SYMMETRIC);

  /**
   * A loss with the given options.
   *
   * @param options Scale and similarity.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MultipleNegativesSymmetricRankingLossOptions = {}) {
    this.config = lossOptions(this.name, { ...SIMILARITY_TYPES, ...GATHER_TYPES }, options);
    this.wants = gatherOf(this.config);
  }

  /** Wants two text columns or more; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    checkRankingColumns(this.name, columns);
  }

  /** The first column are the anchors, the second the positives. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return rankInBatch(tape, batch, { ...SYMMETRIC, ...this.config });
  }
}
