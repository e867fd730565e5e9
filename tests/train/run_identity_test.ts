import { assertEquals } from "@std/assert";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { identityDifferences, runIdentity } from "../../src/train/run_identity.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

Deno.test("runIdentity() describes model, data, objectives and what the numbers follow from", async () => {
  const model = await tinyModel(await testGpu());
  const loss = new MultipleNegativesRankingLoss({ scale: 5 });
  const identity = runIdentity(new SentenceTransformerTrainingArguments({ seed: 3 }), {
    inputs: { model },
    datasets: [tinyPairs(4, "a"), tinyPairs(2, "b")],
    lossFor: () => loss,
    batchSize: 6,
  });
  assertEquals(Object.keys(identity).length, 32);
  assertEquals(JSON.parse(JSON.stringify(identity)), identity);
  const { data_seed, per_device_train_batch_size, datasets, losses } = identity;
  assertEquals([data_seed, per_device_train_batch_size], [3, 6]);
  const columns = ["anchor", "positive"];
  assertEquals(
    (datasets as { fingerprint: string }[]).map((
      { fingerprint, ...rest },
    ) => [rest, fingerprint.length]),
    [[{ name: "a", rows: 4, columns }, 16], [{ name: "b", rows: 2, columns }, 16]],
  );
  const name = "MultipleNegativesRankingLoss";
  assertEquals(losses, [1, 2].map(() => ({ name, ...loss.config })));
  model.destroy();
});

Deno.test("identityDifferences() names what differs, the data unless they may", () => {
  const then = { seed: 1, batch_sampler: "a", fp16: false };
  const now = { seed: 2, batch_sampler: "b", fp16: false, later: true };
  const [seed, sampler] = ["seed was 1 and is 2", 'batch_sampler was "a" and is "b"'];
  assertEquals(identityDifferences(then, now, false), [seed, sampler]);
  assertEquals(identityDifferences(then, now, true), [seed]);
  assertEquals(identityDifferences(then, then, false), []);
  assertEquals(
    identityDifferences(
      { model: { a: 1, b: [1] }, datasets: [{ rows: 2 }, {}] },
      { model: { a: 1, b: [2], c: 3 }, datasets: [{ rows: 1 }] },
      false,
    ),
    [
      "model.b.0 was 1 and is 2",
      "model.c was undefined and is 3",
      "datasets.0.rows was 2 and is 1",
      "datasets.1 was {} and is undefined",
    ],
  );
  assertEquals(identityDifferences({}, now, false), []);
});
