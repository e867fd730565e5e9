import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { AdaptiveLayerLoss } from "../../../src/losses/adaptive_layer_loss.ts";
import { CachedGISTEmbedLoss } from "../../../src/losses/cached_gist_embed_loss.ts";
import { CachedMultipleNegativesRankingLoss } from "../../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import { CachedMultipleNegativesSymmetricRankingLoss } from "../../../src/losses/cached_multiple_negatives_symmetric_ranking_loss.ts";
import { GISTEmbedLoss } from "../../../src/losses/gist_embed_loss.ts";
import type { Loss } from "../../../src/losses/loss.ts";
import { MatryoshkaLoss } from "../../../src/losses/matryoshka_loss.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import { MultipleNegativesSymmetricRankingLoss } from "../../../src/losses/multiple_negatives_symmetric_ranking_loss.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { largestDifference, rankGpus, trainOnRanks } from "../../support/tiny_ranks.ts";
import { tinyModel, tinyPairs } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

/** What parameters may differ by after some steps whose sums have another order. */
const TOLERANCE = 1e-5;

/** Not AdamW, which divides the noise of a small gradient by its size. */
const SGD: Partial<ArgumentValues> = { optim: "sgd", learningRate: 0.1, numTrainEpochs: 2 };

/** Losses that see the rows of all ranks. */
const GATHERED: Readonly<Record<string, () => Loss>> = {
  MultipleNegativesRankingLoss: () =>
    new MultipleNegativesRankingLoss({ gather_across_devices: true }),
  CachedMultipleNegativesRankingLoss: () =>
    new CachedMultipleNegativesRankingLoss({ gather_across_devices: true, mini_batch_size: 3 }),
  MultipleNegativesSymmetricRankingLoss: () =>
    new MultipleNegativesSymmetricRankingLoss({ gather_across_devices: true }),
  CachedMultipleNegativesSymmetricRankingLoss: () =>
    new CachedMultipleNegativesSymmetricRankingLoss({ gather_across_devices: true }),
  GISTEmbedLoss: () => new GISTEmbedLoss({ gather_across_devices: true, temperature: 0.1 }),
  CachedGISTEmbedLoss: () =>
    new CachedGISTEmbedLoss({ gather_across_devices: true, temperature: 0.1, mini_batch_size: 2 }),
  "MatryoshkaLoss of one": () =>
    new MatryoshkaLoss({
      loss: new MultipleNegativesRankingLoss({ gather_across_devices: true }),
      matryoshka_dims: [32, 16],
    }),
};

for (const [name, makeLoss] of Object.entries(GATHERED)) {
  Deno.test(`${name} with gather_across_devices sees on 2 ranks x 4 what it sees on 1 x 8`, async () => {
    await withFolder({}, async (outputDir) => {
      // The last batch of an epoch has a row: one of the ranks has none.
      const args = { ...SGD, outputDir, gradientAccumulationSteps: 2 };
      const guides = await Promise.all((await rankGpus(2)).map((gpu) => tinyModel(gpu)));
      const inputs = (rank: number) => ({
        trainDataset: tinyPairs(17),
        loss: makeLoss(),
        ...(name.includes("GIST") && { guide: guides[rank] }),
      });
      const [one] = await trainOnRanks(1, { ...args, perDeviceTrainBatchSize: 8 }, { inputs });
      const two = await trainOnRanks(2, { ...args, perDeviceTrainBatchSize: 4 }, { inputs });
      assertEquals(one.losses.length, 4);
      for (const { losses, bits } of two) {
        losses.forEach((loss, i) => assertAlmostEquals(loss, one.losses[i], TOLERANCE));
        assert(
          largestDifference(bits, one.bits) < TOLERANCE,
          `${largestDifference(bits, one.bits)}`,
        );
        assertEquals(bits, two[0].bits);
      }
      for (const guide of guides) guide.destroy();
    });
  });
}

Deno.test("SentenceTransformerTrainer refuses to gather what are no embeddings", async () => {
  await withFolder({}, async (outputDir) => {
    const inputs = () => ({
      trainDataset: tinyPairs(8),
      loss: new AdaptiveLayerLoss({
        loss: new MultipleNegativesRankingLoss({ gather_across_devices: true }),
      }),
    });
    await assertRejects(
      () => trainOnRanks(2, { outputDir }, { inputs }),
      UsageError,
      "Cannot train with 2 processes and gather_across_devices of AdaptiveLayerLoss",
    );
  });
});
