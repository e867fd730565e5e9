import { assertEquals } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { checkEqualRuns } from "../../../src/train/parallel/equal_runs.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks, scoredPairs, trainOnRanks } from "../../support/tiny_ranks.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { withFolder } from "../../support/with_folder.ts";

const compared = (identities: Record<string, unknown>[], steps: number[]) =>
  Promise.allSettled(
    memoryRanks(identities.length).map((each, rank) =>
      checkEqualRuns(new RankGroup(each), identities[rank], steps[rank])
    ),
  );

Deno.test("checkEqualRuns() lets ranks of the same run go on", async () => {
  const results = await compared([{ seed: 1 }, { seed: 1 }], [3, 3]);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "fulfilled"]);
});

Deno.test("checkEqualRuns() names on all ranks what differs", async () => {
  const results = await compared([{ seed: 1 }, { seed: 1 }, { seed: 2 }], [3, 3, 4]);
  const reasons = results.map((result) => (result as PromiseRejectedResult).reason);
  for (const reason of reasons) {
    assertEquals(reason instanceof UsageError, true);
    assertEquals(
      reason.message,
      "Cannot train with 3 processes: they were given different runs: seed is 1 on rank 0 and 2 on " +
        "rank 2; steps is 3 on rank 0 and 4 on rank 2; give all of them the same arguments, model " +
        "and data",
    );
  }
  assertEquals(reasons.length, 3);
});

Deno.test("SentenceTransformerTrainer does not wait for ranks with other rows", async () => {
  await withFolder({}, async (outputDir) => {
    const errors: string[] = [];
    await trainOnRanks(2, { outputDir, perDeviceTrainBatchSize: 4 }, {
      inputs: (rank) => ({
        trainDataset: scoredPairs(16 + 8 * rank),
        loss: new CosineSimilarityLoss(),
      }),
      work: async (trainer) => {
        await trainer.train().catch(({ message }) => errors.push(message));
      },
    });
    assertEquals(
      errors.map((message) => message.includes("datasets.0.rows is 16 on rank 0 and 24")),
      [
        true,
        true,
      ],
    );
  });
});
