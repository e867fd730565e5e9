/**
 * Every loss with rows that it can use.
 *
 * @module
 */
import { Dataset, type Label } from "../../src/data/dataset.ts";
import { denoisingDataset } from "../../src/data/denoising_dataset.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { createLoss, type LossName } from "../../src/losses/names.ts";

/** Columns of the tiny model's embeddings. */
const DIMENSION = 32;
const ROWS = 4;

/** Options that tests must give. */
const OPTIONS: Partial<Record<LossName, Record<string, unknown>>> = {
  AdaptiveLayerLoss: { loss: "MultipleNegativesRankingLoss" },
  EmbedDistillLoss: { projection_dim: 8 },
  Matryoshka2dLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [32, 8] },
  MatryoshkaLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [32, 8] },
  SoftmaxLoss: { num_labels: 3 },
};

/** Rows of different texts; without `label` they have none. */
export function rowsOf(columns: number, label?: (row: number) => Label): Dataset {
  const column = (shift: number) =>
    Array.from({ length: ROWS }, (_, row) => `${"abcdefgh"[row]} ${"ijklmnop"[shift]}`);
  return new Dataset({
    name: "rows",
    texts: new Map(Array.from({ length: columns }, (_, i) => [`text${i}`, column(i)])),
    labels: label === undefined ? null : Array.from({ length: ROWS }, (_, row) => label(row)),
  });
}

const vector = (size: number) => (row: number): Label =>
  Array.from({ length: size }, (_, i) => Math.sin(row + i) / 4);

/** Columns and labels of each loss, if they are not two columns without labels. */
const SHAPES: Partial<Record<LossName, readonly [number, ((row: number) => Label)?]>> = {
  AnglELoss: [2, (row) => row / ROWS],
  BatchAllTripletLoss: [1, (row) => row % 2],
  BatchHardSoftMarginTripletLoss: [1, (row) => row % 2],
  BatchHardTripletLoss: [1, (row) => row % 2],
  BatchSemiHardTripletLoss: [1, (row) => row % 2],
  ContrastiveLoss: [2, (row) => row % 2],
  ContrastiveTensionLoss: [2, (row) => row % 2],
  ContrastiveTensionLossInBatchNegatives: [1],
  CoSENTLoss: [2, (row) => row / ROWS],
  CosineSimilarityLoss: [2, (row) => row / ROWS],
  DistillKLDivLoss: [3, vector(2)],
  EmbedDistillLoss: [1, vector(8)],
  MarginMSELoss: [3, (row) => row / ROWS],
  MSELoss: [1, vector(DIMENSION)],
  OnlineContrastiveLoss: [2, (row) => row % 2],
  SoftmaxLoss: [2, (row) => row % 3],
  TripletLoss: [3],
};

/** Losses whose labels are one number a row. */
export const LABELLED: readonly LossName[] = (Object.keys(SHAPES) as LossName[]).filter((name) =>
  typeof SHAPES[name]![1]?.(0) === "number"
);

/**
 * A loss and its rows.
 *
 * @param name Which.
 * @param change Other options, and other labels.
 */
export function lossAndRows(
  name: LossName,
  { options = {}, label }: { options?: Record<string, unknown>; label?: number } = {},
): { loss: Loss; trainDataset: Dataset } {
  const loss = createLoss(name, { ...OPTIONS[name], ...options });
  const [columns, given] = SHAPES[name] ?? [2];
  const rows = rowsOf(columns, label === undefined ? given : () => label);
  if (name === "DenoisingAutoEncoderLoss") {
    return { loss, trainDataset: denoisingDataset(rowsOf(1)) };
  }
  return { loss, trainDataset: rows };
}
