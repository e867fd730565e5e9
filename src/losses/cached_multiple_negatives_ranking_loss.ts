/**
 * The in-batch ranking loss of a batch that is embedded in parts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkRankingColumns, rankInBatch, smoothsRanking } from "./rank_in_batch.ts";
import { GRAD_CACHE_CITATION } from "./ranking_citation.ts";
import {
  CACHE_TYPES,
  type CacheConfig,
  cacheOf,
  checkDirections,
  GATHER_TYPES,
  type GatherConfig,
  gatherOf,
  RANKING_TYPES,
  type RankingConfig,
} from "./ranking_options.ts";

/** Options of {@linkcode CachedMultipleNegativesRankingLoss}. */
export type CachedMultipleNegativesRankingLossOptions =
  & Partial<RankingConfig & CacheConfig>
  & GatherConfig;

/**
 * Ranks the positive of every anchor above all other documents of the batch, as
 * `MultipleNegativesRankingLoss` does, with batches of any size in little memory: texts are embedded
 * `mini_batch_size` at a time, and again when their gradients are known.
 *
 * Requirements: as `MultipleNegativesRankingLoss`, whose options it takes too.
 *
 * Inputs:
 *
 * | Columns                                       | Labels        |
 * | --------------------------------------------- | ------------- |
 * | anchor, positive                              | not looked at |
 * | anchor, positive, negative_1, ..., negative_n | not looked at |
 *
 * Recommendations: a large `per_device_train_batch_size`, and as large a `mini_batch_size` as memory allows;
 * `mini_batch_num_tokens` fills parts by tokens instead of texts. Where the whole batch fits,
 * `MultipleNegativesRankingLoss` is faster by one forward pass.
 *
 * Relations: value and gradient are those of `MultipleNegativesRankingLoss`, dropout included.
 *
 * ```ts ignore
 * const loss = new CachedMultipleNegativesRankingLoss({ mini_batch_size: 64 });
 * ```
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021.
 * Upstream: `sentence_transformers/sentence_transformer/losses/cached_multiple_negatives_ranking.py`.
 */
export class CachedMultipleNegativesRankingLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "CachedMultipleNegativesRankingLoss";
  /** Its options. */
  readonly config: Required<RankingConfig & CacheConfig> & GatherConfig;
  /** Whether there is one direction: its candidates are classes. */
  readonly smoothsLabels: boolean;
  /** That the trainer embeds in parts. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = GRAD_CACHE_CITATION;

  /**
   * A loss with the given options.
   *
   * @param options Scale, similarity, directions, hardness, and the size of a part.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: CachedMultipleNegativesRankingLossOptions = {}) {
    const types = { ...RANKING_TYPES, ...CACHE_TYPES, ...GATHER_TYPES };
    this.config = checkDirections(this.name, lossOptions(this.name, types, options));
    this.smoothsLabels = smoothsRanking(this.config);
    this.wants = { cache: cacheOf(this.config), ...gatherOf(this.config) };
  }

  /** Wants two text columns or more; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    checkRankingColumns(this.name, columns);
  }

  /** The first column are the anchors, all others the candidates. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return rankInBatch(tape, batch, this.config);
  }
}
