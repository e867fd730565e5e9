/**
 * The losses, and what one of your own needs: this room's share of the public face.
 *
 * @module
 */
export type { EmbeddedBatch, Loss, LossComponents, LossSetting, LossWants } from "./loss.ts";
export type {
  CacheConfig,
  GatherConfig,
  HardnessMode,
  RankingConfig,
  RankingDirection,
} from "./ranking_options.ts";
export type { GistConfig } from "./gist_in_batch.ts";
export type { PairSimilarity } from "./query_document_scores.ts";
export {
  MultipleNegativesRankingLoss,
  type MultipleNegativesRankingLossOptions,
} from "./multiple_negatives_ranking_loss.ts";
export {
  MultipleNegativesSymmetricRankingLoss,
  type MultipleNegativesSymmetricRankingLossOptions,
} from "./multiple_negatives_symmetric_ranking_loss.ts";
export {
  CachedMultipleNegativesRankingLoss,
  type CachedMultipleNegativesRankingLossOptions,
} from "./cached_multiple_negatives_ranking_loss.ts";
export {
  CachedMultipleNegativesSymmetricRankingLoss,
  type CachedMultipleNegativesSymmetricRankingLossOptions,
} from "./cached_multiple_negatives_symmetric_ranking_loss.ts";
export { GISTEmbedLoss, type GISTEmbedLossOptions } from "./gist_embed_loss.ts";
export { CachedGISTEmbedLoss, type CachedGISTEmbedLossOptions } from "./cached_gist_embed_loss.ts";
export {
  type MegaBatchMarginConfig,
  MegaBatchMarginLoss,
  type MegaBatchMarginLossOptions,
} from "./mega_batch_margin_loss.ts";
export { CoSENTLoss, type CoSENTLossOptions } from "./cosent_loss.ts";
export { AnglELoss, type AnglELossOptions } from "./angle_loss.ts";
export {
  CosineSimilarityLoss,
  type CosineSimilarityLossOptions,
} from "./cosine_similarity_loss.ts";
export { ContrastiveLoss, type ContrastiveLossOptions } from "./contrastive_loss.ts";
export {
  OnlineContrastiveLoss,
  type OnlineContrastiveLossOptions,
} from "./online_contrastive_loss.ts";
export { ContrastiveTensionLoss } from "./contrastive_tension_loss.ts";
export {
  ContrastiveTensionLossInBatchNegatives,
  type ContrastiveTensionLossInBatchNegativesOptions,
} from "./contrastive_tension_loss_in_batch_negatives.ts";
export {
  DenoisingAutoEncoderLoss,
  type DenoisingAutoEncoderLossOptions,
} from "./denoising_auto_encoder_loss.ts";
export { TripletLoss, type TripletLossOptions } from "./triplet_loss.ts";
export { BatchAllTripletLoss } from "./batch_all_triplet_loss.ts";
export { BatchHardTripletLoss } from "./batch_hard_triplet_loss.ts";
export { BatchHardSoftMarginTripletLoss } from "./batch_hard_soft_margin_triplet_loss.ts";
export { BatchSemiHardTripletLoss } from "./batch_semi_hard_triplet_loss.ts";
export { SoftmaxLoss, type SoftmaxLossOptions } from "./softmax_loss.ts";
export { MSELoss } from "./mse_loss.ts";
export { MarginMSELoss, type MarginMSELossOptions } from "./margin_mse_loss.ts";
export { DistillKLDivLoss, type DistillKLDivLossOptions } from "./distill_kl_div_loss.ts";
export { EmbedDistillLoss, type EmbedDistillLossOptions } from "./embed_distill_loss.ts";
export {
  GlobalOrthogonalRegularizationLoss,
  type GlobalOrthogonalRegularizationLossOptions,
} from "./global_orthogonal_regularization_loss.ts";
export { MatryoshkaLoss, type MatryoshkaLossOptions } from "./matryoshka_loss.ts";
export { Matryoshka2dLoss, type Matryoshka2dLossOptions } from "./matryoshka2d_loss.ts";
export {
  AdaptiveLayerLoss,
  type AdaptiveLayerLossOptions,
  type LayerWeighting,
} from "./adaptive_layer_loss.ts";
export { ClassTripletLoss, type ClassTripletLossOptions } from "./class_triplet_loss.ts";
export { fittingLosses } from "./fitting_losses.ts";
export { createLoss, LOSS_NAMES, type LossName } from "./names.ts";
