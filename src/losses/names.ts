/**
 * The losses by their upstream names.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { AdaptiveLayerLoss } from "./adaptive_layer_loss.ts";
import { AnglELoss } from "./angle_loss.ts";
import { BatchAllTripletLoss } from "./batch_all_triplet_loss.ts";
import { BatchHardSoftMarginTripletLoss } from "./batch_hard_soft_margin_triplet_loss.ts";
import { BatchHardTripletLoss } from "./batch_hard_triplet_loss.ts";
import { BatchSemiHardTripletLoss } from "./batch_semi_hard_triplet_loss.ts";
import { CachedGISTEmbedLoss } from "./cached_gist_embed_loss.ts";
import { CachedMultipleNegativesRankingLoss } from "./cached_multiple_negatives_ranking_loss.ts";
import { CachedMultipleNegativesSymmetricRankingLoss } from "./cached_multiple_negatives_symmetric_ranking_loss.ts";
import { ContrastiveLoss } from "./contrastive_loss.ts";
import { ContrastiveTensionLoss } from "./contrastive_tension_loss.ts";
import { ContrastiveTensionLossInBatchNegatives } from "./contrastive_tension_loss_in_batch_negatives.ts";
import { CoSENTLoss } from "./cosent_loss.ts";
import { CosineSimilarityLoss } from "./cosine_similarity_loss.ts";
import { DenoisingAutoEncoderLoss } from "./denoising_auto_encoder_loss.ts";
import { DistillKLDivLoss } from "./distill_kl_div_loss.ts";
import { EmbedDistillLoss } from "./embed_distill_loss.ts";
import { GISTEmbedLoss } from "./gist_embed_loss.ts";
import { GlobalOrthogonalRegularizationLoss } from "./global_orthogonal_regularization_loss.ts";
import { MarginMSELoss } from "./margin_mse_loss.ts";
import { Matryoshka2dLoss } from "./matryoshka2d_loss.ts";
import { MatryoshkaLoss } from "./matryoshka_loss.ts";
import { MegaBatchMarginLoss } from "./mega_batch_margin_loss.ts";
import { MSELoss } from "./mse_loss.ts";
import { MultipleNegativesRankingLoss } from "./multiple_negatives_ranking_loss.ts";
import { MultipleNegativesSymmetricRankingLoss } from "./multiple_negatives_symmetric_ranking_loss.ts";
import { OnlineContrastiveLoss } from "./online_contrastive_loss.ts";
import { SoftmaxLoss } from "./softmax_loss.ts";
import { TripletLoss } from "./triplet_loss.ts";
import { withInnerLoss } from "./inner_loss.ts";
import type { Loss } from "./loss.ts";

/** The name of a loss, as upstream. */
export type LossName =
  | "MultipleNegativesRankingLoss"
  | "MultipleNegativesSymmetricRankingLoss"
  | "CachedMultipleNegativesRankingLoss"
  | "CachedMultipleNegativesSymmetricRankingLoss"
  | "GISTEmbedLoss"
  | "CachedGISTEmbedLoss"
  | "MegaBatchMarginLoss"
  | "CoSENTLoss"
  | "AnglELoss"
  | "CosineSimilarityLoss"
  | "ContrastiveLoss"
  | "OnlineContrastiveLoss"
  | "ContrastiveTensionLoss"
  | "ContrastiveTensionLossInBatchNegatives"
  | "DenoisingAutoEncoderLoss"
  | "TripletLoss"
  | "BatchAllTripletLoss"
  | "BatchHardTripletLoss"
  | "BatchHardSoftMarginTripletLoss"
  | "BatchSemiHardTripletLoss"
  | "SoftmaxLoss"
  | "MSELoss"
  | "MarginMSELoss"
  | "DistillKLDivLoss"
  | "EmbedDistillLoss"
  | "GlobalOrthogonalRegularizationLoss"
  | "MatryoshkaLoss"
  | "Matryoshka2dLoss"
  | "AdaptiveLayerLoss";

type Options = Readonly<Record<string, unknown>>;
type LossFactory = (options: Options) => Loss;

/** Every loss by its upstream name; a new one is added here. */
const LOSSES: Readonly<Record<LossName, LossFactory>> = {
  MultipleNegativesRankingLoss: plain(MultipleNegativesRankingLoss),
  MultipleNegativesSymmetricRankingLoss: plain(MultipleNegativesSymmetricRankingLoss),
  CachedMultipleNegativesRankingLoss: plain(CachedMultipleNegativesRankingLoss),
  CachedMultipleNegativesSymmetricRankingLoss: plain(CachedMultipleNegativesSymmetricRankingLoss),
  GISTEmbedLoss: plain(GISTEmbedLoss),
  CachedGISTEmbedLoss: plain(CachedGISTEmbedLoss),
  MegaBatchMarginLoss: plain(MegaBatchMarginLoss),
  CoSENTLoss: plain(CoSENTLoss),
  AnglELoss: plain(AnglELoss),
  CosineSimilarityLoss: plain(CosineSimilarityLoss),
  ContrastiveLoss: plain(ContrastiveLoss),
  OnlineContrastiveLoss: plain(OnlineContrastiveLoss),
  ContrastiveTensionLoss: plain(ContrastiveTensionLoss),
  ContrastiveTensionLossInBatchNegatives: plain(ContrastiveTensionLossInBatchNegatives),
  DenoisingAutoEncoderLoss: plain(DenoisingAutoEncoderLoss),
  TripletLoss: plain(TripletLoss),
  BatchAllTripletLoss: plain(BatchAllTripletLoss),
  BatchHardTripletLoss: plain(BatchHardTripletLoss),
  BatchHardSoftMarginTripletLoss: plain(BatchHardSoftMarginTripletLoss),
  BatchSemiHardTripletLoss: plain(BatchSemiHardTripletLoss),
  SoftmaxLoss: plain(SoftmaxLoss),
  MSELoss: plain(MSELoss),
  MarginMSELoss: plain(MarginMSELoss),
  DistillKLDivLoss: plain(DistillKLDivLoss),
  EmbedDistillLoss: plain(EmbedDistillLoss),
  GlobalOrthogonalRegularizationLoss: plain(GlobalOrthogonalRegularizationLoss),
  MatryoshkaLoss: modifier("MatryoshkaLoss", MatryoshkaLoss),
  Matryoshka2dLoss: modifier("Matryoshka2dLoss", Matryoshka2dLoss),
  AdaptiveLayerLoss: modifier("AdaptiveLayerLoss", AdaptiveLayerLoss),
};

/** The names of all losses. */
export const LOSS_NAMES: readonly LossName[] = Object.keys(LOSSES) as LossName[];

/** Constructors check what they are given. */
function plain(Loss: new (options: never) => Loss): LossFactory {
  return (options) => new Loss(options as never);
}

/** A loss over another one, which may be given by its name. */
function modifier(name: LossName, Loss: new (options: never) => Loss): LossFactory {
  return (options) => new Loss(withInnerLoss(name, options, createLoss) as never);
}

/**
 * Creates the loss of that name.
 *
 * @param name One of {@linkcode LOSS_NAMES}.
 * @param options Its options by upstream name.
 * @returns The loss.
 * @throws {UsageError} For an unknown name or option.
 */
export function createLoss(name: string, options: Readonly<Record<string, unknown>> = {}): Loss {
  if (!Object.hasOwn(LOSSES, name)) {
    const guess = nearest(name, LOSS_NAMES);
    throw new UsageError(
      `Cannot create loss "${name}": known are ${LOSS_NAMES.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  return LOSSES[name as LossName](options);
}
