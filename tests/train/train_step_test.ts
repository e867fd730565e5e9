import { assert, assertEquals } from "@std/assert";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { TapeOptions } from "../../src/ops/tape.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { createOptimizer } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import type { LossBatch } from "../../src/train/compute_loss.ts";
import { trainStep } from "../../src/train/train_step.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { poison } from "../support/run_op.ts";
import { bitsOf, tinyModel, tinyPairs } from "../support/tiny_training.ts";

const LOSS = new MultipleNegativesRankingLoss();

async function batchOf(
  model: SentenceTransformer,
  rows: number[],
  prompts: string | null = null,
): Promise<LossBatch> {
  const pool = new TokenizerPool(model.tokenizer, 0);
  return { batch: await prepareBatch({ model, pool, prompts }, tinyPairs(12), rows), loss: LOSS };
}

interface RunOptions {
  steps?: number;
  learningRate?: number;
  scaling?: boolean;
  dropout?: number;
  tape?: Partial<TapeOptions>;
  /** Goes before every text. */
  prompt?: string;
}

/** Runs steps on the same batches and reads every loss and norm. */
async function run(
  groups: number[][],
  {
    steps = 1,
    learningRate = 1e-3,
    scaling = false,
    dropout = 0,
    tape = {},
    prompt,
  }: RunOptions = {},
) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu, dropout);
  const parameters = parameterGroups(model.store, { learningRate });
  const optimizer = createOptimizer(gpu, parameters, {
    name: "adamw_torch",
    optimArgs: null,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  const gradientNorm = new GradientNorm(gpu, model.store);
  const control = new StepControl(gpu, { groups: 1, scaling });
  const batches = await Promise.all(groups.map((rows) => batchOf(model, rows, prompt)));
  const kept = gpu.tensor([steps * groups.length * 2], "kept");
  const told: string[] = [];
  let at = 0;
  gpu.constant(1 / groups.length);
  gpu.constant(-1);
  const { live } = gpu.pool.counters;
  gpu.pool.resetPeak();
  for (let step = 0; step < steps; step++) {
    await trainStep({
      models: { model },
      optimizer,
      gradientNorm,
      control,
      maxGradNorm: 1,
      schedule: { first: step, rows: [[optimizer.scalars(step + 1, learningRate)]] },
      tape: { seed: 1, ...tape },
      labelSmoothing: 0,
      firstBatch: step * groups.length,
      batches,
      report: (_, loss, norm) => {
        gpu.recorder.copyInto(loss.value, kept, at++);
        gpu.recorder.copyInto(norm ?? gpu.constant(-1), kept, at++);
      },
      hooks: {
        substepEnd: () => Promise.resolve(void told.push("substep")),
        preOptimizerStep: () => Promise.resolve(void told.push("before")),
        optimizerStep: () => Promise.resolve(void told.push("after")),
      },
    });
  }
  const values = await gpu.read(kept);
  const { peak } = gpu.pool.counters;
  assertEquals(gpu.pool.counters.live - live <= 1024, true, "a step leaves memory behind");
  const weights = await bitsOf(model);
  gpu.release(kept);
  for (const used of [optimizer, gradientNorm, control, model]) used.destroy();
  return { values, weights, told, bytes: peak - live };
}

Deno.test("trainStep drives the loss of one batch towards zero", async () => {
  const { values } = await run([[0, 1, 2, 3, 4, 5]], { steps: 60, learningRate: 3e-3 });
  assert(values[0] > 1, `began with ${values[0]}`);
  assert(values[118] < 0.01, `ended with ${values[118]}`);
  assert(values.filter((_, i) => i % 2 === 1).every((norm) => norm > 0));
});

Deno.test("trainStep averages the gradients of its batches", async () => {
  // Two equal batches have the gradient of one; their sum would be twice as long.
  const one = await run([[0, 1, 2]]);
  const two = await run([[0, 1, 2], [0, 1, 2]]);
  assertEquals(two.values[0], one.values[0]);
  assertEquals(two.values[1], -1);
  const close = { op: "trainStep", absolute: 0, relative: 1e-6 };
  assertClose([two.values[3]], [one.values[1]], close);
  // Halving and adding up is exact, so that both updates see the same bits.
  assertEquals(two.weights, one.weights);
});

Deno.test("trainStep gives the same bits twice", async () => {
  const groups = [[0, 1], [2, 3]];
  const [first, second] = [await run(groups, { steps: 3 }), await run(groups, { steps: 3 })];
  assertEquals(first.values, second.values);
  assertEquals(first.weights, second.weights);
});

Deno.test("trainStep tells of its moments in their order", async () => {
  const { told } = await run([[0, 1], [2, 3], [4, 5]], { steps: 2 });
  const step = ["substep", "substep", "before", "after"];
  assertEquals(told, [...step, ...step]);
});

Deno.test("trainStep scales the loss by a power of 2, which changes no bit", async () => {
  const [plain, scaled] = [await run([[0, 1, 2]]), await run([[0, 1, 2]], { scaling: true })];
  assertEquals(scaled.values, plain.values);
  assertEquals(scaled.weights, plain.weights);
});

Deno.test("trainStep with gradient checkpointing gives the same bits in less memory", async () => {
  const options = { steps: 2, dropout: 0.1 };
  const groups = [[0, 1, 2, 3, 4, 5, 6, 7]];
  const plain = await run(groups, options);
  let seen = 0;
  for (const checkpointEvery of [1, 2]) {
    const found = await run(groups, { ...options, tape: { checkpointEvery } });
    assertEquals(found.values, plain.values);
    assertEquals(found.weights, plain.weights);
    assert(found.bytes < 0.7 * plain.bytes, `${found.bytes} of ${plain.bytes}`);
    seen++;
  }
  assertEquals(seen, 2);
});

Deno.test("trainStep reads no memory that was given back", async () => {
  let seen = 0;
  for (const precision of ["f32", "f16", "bf16"] as const) {
    for (const checkpointEvery of [0, 1]) {
      const options = { steps: 2, dropout: 0.1, tape: { precision, checkpointEvery } };
      const plain = await run([[0, 1, 2, 3]], options);
      const stop = poison(await testGpu());
      try {
        const poisoned = await run([[0, 1, 2, 3]], options);
        assertEquals(poisoned.weights, plain.weights);
        assertEquals(poisoned.values, plain.values);
      } finally {
        stop();
      }
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("trainStep with 16-bit operands takes less memory and loses as many bits", async () => {
  const groups = [[0, 1, 2, 3, 4, 5, 6, 7]];
  // Enough tokens that activations outweigh the copies of the weights.
  const prompt = "a b c d e f g h ".repeat(5);
  const exact = await run(groups, { prompt });
  for (const [precision, bits] of [["f16", 11], ["bf16", 8]] as const) {
    const found = await run(groups, {
      prompt,
      tape: { precision },
      scaling: precision === "f16",
    });
    assert(found.bytes < exact.bytes, `${precision}: ${found.bytes} of ${exact.bytes}`);
    const close = { op: precision, absolute: 0, relative: 20 * 8 * 2 ** -bits };
    assertClose([found.values[0]], [exact.values[0]], close);
  }
});

Deno.test("trainStep with noise on the embeddings trains, and otherwise", async () => {
  const plain = await run([[0, 1, 2]]);
  const tape = { neftuneNoiseAlpha: 5 };
  const noisy = await run([[0, 1, 2]], { tape });
  assert(noisy.values[0] !== plain.values[0]);
  assertEquals((await run([[0, 1, 2]], { tape })).values, noisy.values);
});
