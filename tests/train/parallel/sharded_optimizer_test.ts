import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { createOptimizer } from "../../../src/optim/names.ts";
import { parameterGroups } from "../../../src/optim/parameter_groups.ts";
import { OPTIMIZER } from "../../../src/train/checkpoint_files.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { ShardedOptimizer } from "../../../src/train/parallel/sharded_optimizer.ts";
import { memoryRanks, scoredPairs, trainOnRanks } from "../../support/tiny_ranks.ts";
import { tinyModel } from "../../support/tiny_training.ts";
import { testGpu } from "../../support/gpu.ts";
import { withFolder } from "../../support/with_folder.ts";

const inputs = () => ({ trainDataset: scoredPairs(24), loss: new CosineSimilarityLoss() });

const ARGS: Partial<ArgumentValues> = {
  perDeviceTrainBatchSize: 4,
  saveStrategy: "steps",
  saveSteps: 2,
  numTrainEpochs: 2,
};

for (const optim of ["adamw_torch", "adamw_8bit", "adafactor"] as const) {
  Deno.test(`ShardedOptimizer has the bits of ${optim} that is whole, and its checkpoints`, async () => {
    await withFolder({}, async (folder) => {
      const run = async (name: string, change: Partial<ArgumentValues>) => {
        const outputDir = join(folder, name);
        const [{ bits }] = await trainOnRanks(2, { ...ARGS, optim, outputDir, ...change }, {
          inputs,
        });
        const file = join(outputDir, "checkpoint-4", OPTIMIZER);
        return { bits, saved: await Deno.readFile(file), outputDir };
      };
      const whole = await run("whole", {});
      const sharded = await run("sharded", { fsdp: "shard_grad_op auto_wrap" });
      assertEquals(sharded.bits, whole.bits);
      assertEquals(sharded.saved, whole.saved);
      const resumed = await run("resumed", {
        deepspeed: { zero_optimization: { stage: 2 } },
        resumeFromCheckpoint: join(whole.outputDir, "checkpoint-2"),
      });
      assertEquals(resumed.bits, whole.bits);
    });
  });
}

Deno.test("ShardedOptimizer holds less on each rank, the more ranks there are", async () => {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const groups = parameterGroups(model.store, { learningRate: 1 });
  const options = { name: "adamw_torch", optimArgs: null, beta1: 0.9, beta2: 0.999 };
  const create = (some: typeof groups) =>
    createOptimizer(gpu, some, { ...options, epsilon: 1e-8, weightDecay: 0 });
  const whole = create(groups);
  for (const size of [2, 4]) {
    const shards = memoryRanks(size).map((communicator) =>
      new ShardedOptimizer(gpu, groups, { communicator, create })
    );
    const bytes = shards.map(({ stateBytes }) => stateBytes);
    assertEquals(bytes.reduce((sum, each) => sum + each, 0), whole.stateBytes);
    // As even as the largest parameter lets them.
    const largest = Math.max(...model.store.parameters.map(({ value }) => value.bindingBytes));
    assert(Math.max(...bytes) <= whole.stateBytes / size + 2 * largest, bytes.join());
    for (const shard of shards) shard.destroy();
  }
  whole.destroy();
  model.destroy();
});
