/**
 * The in-batch ranking loss with negatives that a guide chooses.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import {
  checkGistColumns,
  GIST_CITATION,
  GIST_TYPES,
  type GistConfig,
  gistInBatch,
} from "./gist_in_batch.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { GATHER_TYPES, type GatherConfig, gatherOf } from "./ranking_options.ts";

/** Options of {@linkcode GISTEmbedLoss}. */
export type GISTEmbedLossOptions = Partial<GistConfig> & GatherConfig;

/**
 * Ranks the positive of every anchor above the other texts of the batch, but for those that another model,
 * the guide, finds more similar than the positive: they may be positives that nobody labelled.
 *
 * Candidates of a row are all documents, all anchors compared with its anchor, and all positives compared
 * with its positive. One does not count where the guide's cosine of the same two texts is above the guide's
 * cosine of anchor and positive less the `margin`, or less that fraction of it where `margin_strategy` is
 * `relative`. The positive itself always counts.
 *
 * Requirements: a guide, which the trainer is given; no gradient reaches it.
 *
 * Inputs:
 *
 * | Columns                    | Labels        |
 * | -------------------------- | ------------- |
 * | anchor, positive           | not looked at |
 * | anchor, positive, negative | not looked at |
 *
 * Recommendations: a guide that is good at the task already, and small. `contrast_positives` off where many
 * documents resemble each other. The batch sampler `no_duplicates`.
 *
 * Relations: without a guide it is `MultipleNegativesRankingLoss` with more candidates.
 * `CachedGISTEmbedLoss` needs less memory and takes any number of negatives.
 *
 * ```ts ignore
 * const loss = new GISTEmbedLoss({ margin_strategy: "relative", margin: 0.05 });
 * ```
 *
 * Source: Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
 * Fine-tuning", 2024. Upstream:
 * `sentence_transformers/sentence_transformer/losses/gist_embed.py`.
 */
export class GISTEmbedLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "GISTEmbedLoss";
  /** Its options. */
  readonly config: Required<GistConfig> & GatherConfig;
  /** False, as upstream. */
  readonly smoothsLabels = false;
  /** The guide's embeddings, and whether the trainer gathers the texts of all processes. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = GIST_CITATION;

  /**
   * A loss with the given options.
   *
   * @param options Temperature, margin and what is compared.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: GISTEmbedLossOptions = {}) {
    this.config = lossOptions(this.name, { ...GIST_TYPES, ...GATHER_TYPES }, options);
    this.wants = { guide: true, ...gatherOf(this.config) };
  }

  /** Wants two or three text columns; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    checkGistColumns(this.name, columns, 3);
  }

  /** The first column are the anchors, all others the candidates. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    return gistInBatch(tape, batch, this);
  }
}
