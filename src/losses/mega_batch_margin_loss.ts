/**
 * Margins for pairs and for their hardest negatives.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { megaBatchMargin } from "../ops/mega_batch_margin.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { splitAnchors } from "./rank_in_batch.ts";
import { CACHE_TYPES, type CacheConfig, cacheOf } from "./ranking_options.ts";

/** Options of a {@linkcode MegaBatchMarginLoss}, all of them given. */
export interface MegaBatchMarginConfig extends CacheConfig {
  /** The cosine that anchor and positive should reach. */
  readonly positive_margin: number;
  /** The cosine that no anchor and other positive should exceed. */
  readonly negative_margin: number;
  /** Whether the batch is embedded in parts; the value is the same. */
  readonly use_mini_batched_version: boolean;
}

/** Options of {@linkcode MegaBatchMarginLoss}. */
export type MegaBatchMarginLossOptions = Partial<MegaBatchMarginConfig>;

const TYPES = {
  positive_margin: z.number("wanted a number").default(0.8),
  negative_margin: z.number("wanted a number").default(0.3),
  use_mini_batched_version: z.boolean("wanted true or false").default(true),
  ...CACHE_TYPES,
  mini_batch_size: CACHE_TYPES.mini_batch_size.default(50),
};

/**
 * Draws every anchor and its positive together until their cosine is `positive_margin`, and pushes the
 * anchor from the most similar positive of another anchor until theirs is `negative_margin`.
 *
 * Requirements: pairs of texts that belong together, and batches in which texts of different rows do not.
 *
 * Inputs:
 *
 * | Columns          | Labels        |
 * | ---------------- | ------------- |
 * | anchor, positive | not looked at |
 *
 * Recommendations: batches of 500 pairs or more, for the hardest negative is found among them. With
 * `use_mini_batched_version`, which is on, texts are embedded `mini_batch_size` at a time, and again when
 * their gradients are known; off is faster where the whole batch fits.
 *
 * Relations: only the hardest negative counts, where `MultipleNegativesRankingLoss` weighs all of them.
 * For negatives of one's own take `CachedMultipleNegativesRankingLoss`.
 *
 * ```ts ignore
 * const loss = new MegaBatchMarginLoss({ mini_batch_size: 32 });
 * ```
 *
 * Source: Wieting and Gimpel, "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with
 * Millions of Machine Translations", 2018. Upstream:
 * `sentence_transformers/sentence_transformer/losses/mega_batch_margin.py`.
 */
export class MegaBatchMarginLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MegaBatchMarginLoss";
  /** Its options. */
  readonly config: Required<MegaBatchMarginConfig>;
  /** False: it has no classes. */
  readonly smoothsLabels = false;
  /** That the trainer embeds in parts, unless it should not. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{wieting-gimpel-2018-paranmt,
    title={{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations},
    author={Wieting, John and Gimpel, Kevin},
    booktitle={Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics},
    year={2018},
    pages={451--462},
    doi={10.18653/v1/P18-1042}
}`;

  /**
   * A loss with the given options.
   *
   * @param options The margins, and the size of a part.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MegaBatchMarginLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
    this.wants = this.config.use_mini_batched_version ? { cache: cacheOf(this.config) } : {};
  }

  /** Wants two text columns; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    if (columns.length === 2) return;
    throw new UsageError(
      `Cannot train with ${this.name}: found as text columns ${
        columns.map((name) => `"${name}"`).join(", ") || "none"
      }, wanted anchor and positive (MegaBatchMarginLoss expects exactly 2 input columns, (anchor, positive), but got ${columns.length}); for negatives of your own take CachedMultipleNegativesRankingLoss`,
    );
  }

  /** The first column are the anchors, the second the positives. */
  forward(tape: Tape, { embeddings, columns }: EmbeddedBatch): Tensor {
    const compared = l2Normalize(tape, embeddings);
    const { anchors, candidates } = splitAnchors(tape, compared, columns[0].count);
    return megaBatchMargin(tape, {
      anchors,
      positives: candidates,
      positiveMargin: this.config.positive_margin,
      negativeMargin: this.config.negative_margin,
    });
  }
}
