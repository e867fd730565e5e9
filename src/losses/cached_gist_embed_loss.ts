/**
 * The guided ranking loss of a batch that is embedded in parts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { checkGistColumns, GIST_TYPES, type GistConfig, gistInBatch } from "./gist_in_batch.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { GRAD_CACHE_CITATION } from "./ranking_citation.ts";
import {
  CACHE_TYPES,
  type CacheConfig,
  cacheOf,
  GATHER_TYPES,
  type GatherConfig,
  gatherOf,
} from "./ranking_options.ts";

/** Options of {@linkcode CachedGISTEmbedLoss}. */
export type CachedGISTEmbedLossOptions = Partial<GistConfig & CacheConfig> & GatherConfig;

/**
 * Ranks the positive of every anchor above the other texts of the batch, but for those that a guide finds
 * more similar than the positive, as `GISTEmbedLoss` does, with batches of any size in little memory: texts
 * are embedded `mini_batch_size` at a time, and again when their gradients are known.
 *
 * Requirements: a guide, which the trainer is given; no gradient reaches it.
 *
 * Inputs:
 *
 * | Columns                                       | Labels        |
 * | --------------------------------------------- | ------------- |
 * | anchor, positive                              | not looked at |
 * | anchor, positive, negative_1, ..., negative_n | not looked at |
 *
 * Recommendations: a large `per_device_train_batch_size`, and as large a `mini_batch_size` as memory
 * allows. A `margin` of 0.05 with `margin_strategy` `relative` leaves out what has 95 % of the positive's
 * score by the guide.
 *
 * Relations: value and gradient are those of `GISTEmbedLoss`, which takes at most one column of negatives.
 *
 * ```ts ignore
 * const loss = new CachedGISTEmbedLoss({ mini_batch_size: 64, margin: 0.1 });
 * ```
 *
 * Source: Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
 * Fine-tuning", 2024; Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup",
 * 2021. Upstream: `sentence_transformers/sentence_transformer/losses/cached_gist_embed.py`.
 */
export class CachedGISTEmbedLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "CachedGISTEmbedLoss";
  /** Its options. */
  readonly config: Required<GistConfig & CacheConfig> & GatherConfig;
  /** False, as upstream. */
  readonly smoothsLabels = false;
  /** The guide's embeddings, and that the trainer embeds in parts. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = GRAD_CACHE_CITATION;

  /**
   * A loss with the given options.
   *
   * @param options Temperature, margin, what is compared, and the size of a part.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: CachedGISTEmbedLossOptions = {}) {
    const types = { ...GIST_TYPES, ...CACHE_TYPES, ...GATHER_TYPES };
    this.config = lossOptions(this.name, types, options);
    this.wants = { guide: true, cache: cacheOf(this.config), ...gatherOf(this.config) };
  }

  /** Wants two text columns or more; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    checkGistColumns(this.name, columns, Infinity);
  }

  /** The first column are the anchors, all others the candidates. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return gistInBatch(tape, batch, this);
  }
}
