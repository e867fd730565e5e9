/**
 * The in-batch ranking loss in both directions, of a batch that is embedded in parts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkRankingColumns, rankInBatch } from "./rank_in_batch.ts";
import { GRAD_CACHE_CITATION } from "./ranking_citation.ts";
import {
  CACHE_TYPES,
  type CacheConfig,
  cacheOf,
  GATHER_TYPES,
  type GatherConfig,
  gatherOf,
  type RankingConfig,
  SIMILARITY_TYPES,
  SYMMETRIC,
} from "./ranking_options.ts";

/** Options of {@linkcode CachedMultipleNegativesSymmetricRankingLoss}. */
export type CachedMultipleNegativesSymmetricRankingLossOptions = Partial<
  Pick<RankingConfig, "scale" | "similarity_fct"> & CacheConfig & GatherConfig
>;

/**
 * Ranks the positive of every anchor above all other documents of the batch, and the anchor of every
 * positive above all other anchors, with batches of any size in little memory: texts are embedded
 * `mini_batch_size` at a time, and again when their gradients are known.
 *
 * Requirements: as `MultipleNegativesSymmetricRankingLoss`.
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
 * Recommendations: a large `per_device_train_batch_size`, and as large a `mini_batch_size` as memory
 * allows.
 *
 * Relations: value and gradient are those of `MultipleNegativesSymmetricRankingLoss`. Upstream deprecates
 * it: it is `CachedMultipleNegativesRankingLoss` with the directions `query_to_doc` and `doc_to_query` and
 * `partition_mode` `per_direction`.
 *
 * ```ts ignore
 * const loss = new CachedMultipleNegativesSymmetricRankingLoss({ mini_batch_size: 64 });
 * ```
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021.
 * Upstream:
 * `sentence_transformers/sentence_transformer/losses/cached_multiple_negatives_symmetric_ranking.py`.
 */
export class CachedMultipleNegativesSymmetricRankingLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "CachedMultipleNegativesSymmetricRankingLoss";
  /** Its options. */
  readonly config:
    & Required<Pick<RankingConfig, "scale" | "similarity_fct"> & CacheConfig>
    & GatherConfig;
  /** False: it has two sets of classes. */
  readonly smoothsLabels = false;
  /** That the trainer embeds in parts. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = GRAD_CACHE_CITATION;

  /**
   * A loss with the given options.
   *
   * @param options Scale, similarity, and the size of a part.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: CachedMultipleNegativesSymmetricRankingLossOptions = {}) {
    const types = { ...SIMILARITY_TYPES, ...CACHE_TYPES, ...GATHER_TYPES };
    this.config = lossOptions(this.name, types, options);
    this.wants = { cache: cacheOf(this.config), ...gatherOf(this.config) };
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
