/**
 * The in-batch ranking loss.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkRankingColumns, rankInBatch, smoothsRanking } from "./rank_in_batch.ts";
import { rankingCitation } from "./ranking_citation.ts";
import {
  checkDirections,
  GATHER_TYPES,
  type GatherConfig,
  gatherOf,
  RANKING_TYPES,
  type RankingConfig,
} from "./ranking_options.ts";

/** Options of {@linkcode MultipleNegativesRankingLoss}. */
export type MultipleNegativesRankingLossOptions = Partial<RankingConfig> & GatherConfig;

/**
 * Ranks the positive of every anchor above the positives of all other anchors of the batch, and above
 * all negatives: cross entropy over the scaled similarities. With further `directions` an anchor is also
 * kept apart from other anchors, a positive from other anchors, and from other documents.
 *
 * Requirements: pairs of texts that belong together, and batches in which texts of different rows do not.
 * The direction `query_to_doc` is obligatory; `partition_mode` `per_direction` takes `doc_to_query` beside
 * it and no other. `hardness_mode` adds `hardness_strength` times the similarity, as a constant, to the
 * scaled scores of an anchor's own negatives, of all others, or of both.
 *
 * Inputs:
 *
 * | Columns                                       | Labels     |
 * | --------------------------------------------- | ---------- |
 * | anchor, positive                              | not looked at |
 * | anchor, positive, negative                    | not looked at |
 * | anchor, positive, negative_1, ..., negative_n | not looked at |
 *
 * Recommendations: large batches make it harder and the model better. The batch sampler `no_duplicates`
 * keeps a text from being its own negative. All four directions in one softmax suit data without negatives
 * of their own.
 *
 * Relations: `CachedMultipleNegativesRankingLoss` has the same value and needs less memory.
 * `GISTEmbedLoss` leaves out negatives that another model finds too similar.
 * `MultipleNegativesSymmetricRankingLoss` is this one with two directions.
 *
 * ```ts ignore
 * const loss = new MultipleNegativesRankingLoss({
 *   directions: ["query_to_doc", "doc_to_query"],
 *   partition_mode: "per_direction",
 * });
 * ```
 *
 * Source: Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply", 2017;
 * directions: Li et al., "Towards General Text Embeddings with Multi-stage Contrastive Learning", 2023;
 * hardness: Lan et al., "LLaVE", 2025. Upstream:
 * `sentence_transformers/sentence_transformer/losses/multiple_negatives_ranking.py`.
 */
export class MultipleNegativesRankingLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MultipleNegativesRankingLoss";
  /** Its options. */
  readonly config: Required<RankingConfig> & GatherConfig;
  /** Whether there is one direction: its candidates are classes. */
  readonly smoothsLabels: boolean;
  /** Whether the trainer gathers the texts of all processes. */
  readonly wants: LossWants;
  /** The paper of its directions in BibTeX. */
  readonly citation: string;

  /**
   * A loss with the given options.
   *
   * @param options Scale, similarity, directions and hardness; whether texts of all processes are compared.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MultipleNegativesRankingLossOptions = {}) {
    const types = { ...RANKING_TYPES, ...GATHER_TYPES };
    this.config = checkDirections(this.name, lossOptions(this.name, types, options));
    this.wants = gatherOf(this.config);
    this.smoothsLabels = smoothsRanking(this.config);
    this.citation = rankingCitation(this.config);
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
