import { assert, assertEquals, assertRejects } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { OutOfMemoryError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { CachedMultipleNegativesRankingLoss } from "../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import { ContrastiveTensionLossInBatchNegatives } from "../../src/losses/contrastive_tension_loss_in_batch_negatives.ts";
import { DenoisingAutoEncoderLoss } from "../../src/losses/denoising_auto_encoder_loss.ts";
import { GISTEmbedLoss } from "../../src/losses/gist_embed_loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { largestBatches } from "../../src/train/largest_batches.ts";
import { type MemoryPlan, planMemory } from "../../src/train/memory_plan.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpus } from "../support/gpu.ts";
import { memoryRanks } from "../support/tiny_ranks.ts";
import { bitsOf, tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

type Inputs = Partial<TrainerInputs>;

const ARGUMENTS = { perDeviceTrainBatchSize: 16, maxSteps: 2, saveStrategy: "no" } as const;

function inputsOf(model: SentenceTransformer, inputs: Inputs): TrainerInputs {
  return {
    model,
    trainDataset: tinyPairs(64),
    loss: new MultipleNegativesRankingLoss(),
    ...inputs,
  };
}

/** What the plan says of a run before there is one. */
async function planFor(
  model: SentenceTransformer,
  args: Partial<ArgumentValues>,
  inputs: Inputs = {},
): Promise<MemoryPlan> {
  const all = new SentenceTransformerTrainingArguments({ ...ARGUMENTS, ...args });
  const setup = setUpRun(inputsOf(model, inputs), all);
  const parts = assembleRun(setup, all.perDeviceTrainBatchSize);
  try {
    const batches = await largestBatches(setup, parts);
    const others = batches.flatMap(({ others }) => others);
    return await planMemory(setup, batches.map(({ whole }) => whole), { others });
  } finally {
    await releaseParts(parts);
    setup.lossStores.destroy();
  }
}

/** The most that the pool had in use in a run. */
async function peakOf(
  model: SentenceTransformer,
  args: Partial<ArgumentValues>,
  inputs: Inputs = {},
): Promise<number> {
  const { pool } = model.gpu;
  const others = pool.counters.live - 256;
  await withFolder({}, async (outputDir) => {
    const trainer = new SentenceTransformerTrainer({
      ...inputsOf(model, inputs),
      args: new SentenceTransformerTrainingArguments({ ...ARGUMENTS, ...args, outputDir }),
    });
    pool.resetPeak();
    await trainer.train();
    await trainer.destroy();
  });
  return pool.counters.peak - others;
}

const cached = (miniBatchSize: number) =>
  new CachedMultipleNegativesRankingLoss({ mini_batch_size: miniBatchSize });

const texts = () => {
  const text = [...tinyPairs(64).text("anchor")];
  return new Dataset({ name: "texts", texts: new Map([["text", text]]) });
};

const RUNS: Record<string, [Partial<ArgumentValues>, (gpu: Gpu) => Promise<Inputs> | Inputs]> = {
  "plain": [{}, () => ({})],
  "gradient checkpointing": [{ gradientCheckpointing: true }, () => ({})],
  "a cached loss": [{}, () => ({ loss: cached(4) })],
  "accumulation": [{ gradientAccumulationSteps: 2, maxSteps: 1 }, () => ({})],
  "fp16": [{ fp16: true }, () => ({})],
  "bf16, another optimizer": [{ bf16: true, optim: "adafactor" }, () => ({})],
  "a guide": [{}, async (gpu) => ({ loss: new GISTEmbedLoss(), guide: await tinyModel(gpu) })],
  "a twin": [
    {},
    () => ({ loss: new ContrastiveTensionLossInBatchNegatives(), trainDataset: texts() }),
  ],
  "a decoder": [{}, () => ({ loss: new DenoisingAutoEncoderLoss() })],
};

Deno.test("planMemory() foretells the peak of a run, to the byte", async () => {
  const [textures, buffers] = await testGpus();
  let runs = 0;
  for (const [name, [args, inputsFor]] of Object.entries(RUNS)) {
    for (const gpu of name === "plain" ? [textures, buffers] : [textures]) {
      const model = await tinyModel(gpu, 0.1);
      const inputs = await inputsFor(gpu);
      const { activations } = await planFor(model, args, inputs);
      assertEquals(activations, await peakOf(model, args, inputs), name);
      model.destroy();
      inputs.guide?.destroy();
      runs++;
    }
  }
  assertEquals(runs, 10);
});

Deno.test("planMemory() foretells what the pool keeps for batches of other lengths", async () => {
  // Without textures, which grow with other lengths too.
  const [, gpu] = await testGpus();
  const model = await tinyModel(gpu);
  const args = { numTrainEpochs: 1, maxSteps: -1, perDeviceTrainBatchSize: 8 };
  const { activations, kept } = await planFor(model, args);
  gpu.pool.trim();
  const others = gpu.pool.counters.held - 256;
  const peak = await peakOf(model, args);
  assertEquals([peak, gpu.pool.counters.held - others], [activations, activations + kept]);
  assert(kept > 0);
  model.destroy();
});

Deno.test("planMemory() counts parameters, gradients, states and copies by group", async () => {
  const [textures, buffers] = await testGpus();
  for (const gpu of [textures, buffers]) {
    const model = await tinyModel(gpu);
    const slabs = model.store.slabs.reduce((sum, { values }) => sum + values.allocation.bytes, 0);
    const plan = await planFor(model, {});
    const { parameters, gradients, optimizer, activations, total } = plan;
    // Two moments of AdamW.
    assertEquals([parameters, gradients, optimizer], [slabs, slabs, 2 * slabs]);
    assertEquals(plan.textures > 0, gpu === textures);
    assertEquals(total, 4 * slabs + activations + plan.textures);
    assert(plan.kept >= 0);
    assertEquals(plan.batch.rows, 16);
    const frozen = await planFor(model, {}, {
      loss: new GISTEmbedLoss(),
      guide: await tinyModel(gpu),
    });
    // A guide may be trainable, but has no part in what is trained.
    assertEquals([frozen.parameters, frozen.gradients], [2 * slabs, slabs]);
    model.destroy();
  }
});

Deno.test("planMemory() counts less for the optimizer, the more ranks divide its states", async () => {
  const [gpu] = await testGpus();
  const model = await tinyModel(gpu);
  const args = { ...ARGUMENTS, fsdp: "shard_grad_op" } as const;
  const states: number[] = [];
  for (const size of [1, 2, 4]) {
    const held = memoryRanks(size).map(async (communicator) => {
      const all = new SentenceTransformerTrainingArguments(args);
      const setup = setUpRun(inputsOf(model, { communicator }), all);
      const parts = assembleRun(setup, all.perDeviceTrainBatchSize);
      const { stateBytes } = parts.optimizer;
      await releaseParts(parts);
      setup.lossStores.destroy();
      return stateBytes;
    });
    const [communicator] = memoryRanks(size);
    const { optimizer } = await planFor(model, args, { communicator });
    assertEquals(optimizer, Math.max(...await Promise.all(held)));
    states.push(optimizer);
  }
  const [one, two, four] = states;
  assert(two < 0.75 * one && four < 0.75 * two, `${states}`);
  // Without it each has all.
  const [communicator] = memoryRanks(2);
  assertEquals((await planFor(model, {}, { communicator })).optimizer, one);
  model.destroy();
});

Deno.test("planMemory() runs nothing on the model's device and changes nothing there", async () => {
  const [gpu] = await testGpus();
  const model = await tinyModel(gpu);
  const before = await bitsOf(model);
  const setup = setUpRun(inputsOf(model, {}), new SentenceTransformerTrainingArguments(ARGUMENTS));
  const parts = assembleRun(setup, 16);
  const batches = (await largestBatches(setup, parts)).map(({ whole }) => whole);
  const { counters } = gpu.pool;
  const kernels = gpu.recorder.kernels.size;
  await planMemory(setup, batches);
  assertEquals(gpu.pool.counters, counters);
  assertEquals(gpu.recorder.kernels.size, kernels);
  await releaseParts(parts);
  const gradients = await model.store.download((slab) => slab.gradients);
  assert([...gradients.values()].every(({ data }) => data.every((value) => value === 0)));
  assertEquals(await bitsOf(model), before);
  model.destroy();
});

Deno.test("planMemory() takes less with checkpointing, parts of a batch, and fewer rows", async () => {
  const [gpu] = await testGpus();
  const model = await tinyModel(gpu);
  const activations = async (args: Partial<ArgumentValues>, inputs: Inputs = {}) =>
    (await planFor(model, args, inputs)).activations;
  const plain = await activations({});
  const checkpointed = await activations({ gradientCheckpointing: true });
  const [four, eight] = [
    await activations({}, { loss: cached(4) }),
    await activations({}, {
      loss: cached(8),
    }),
  ];
  const fewer = await activations({ perDeviceTrainBatchSize: 8 });
  assert(checkpointed < plain && eight < plain && four < eight && fewer < plain);
  model.destroy();
});

Deno.test("planMemory() refuses no batch, and a tensor that no buffer can hold", async () => {
  const [gpu] = await testGpus();
  const model = await tinyModel(gpu);
  const setup = setUpRun(inputsOf(model, {}), new SentenceTransformerTrainingArguments(ARGUMENTS));
  await assertRejects(() => planMemory(setup, []), RangeError, "Cannot plan memory: there is no");
  const parts = assembleRun(setup, 16);
  const [{ whole: { loss, batch } }] = await largestBatches(setup, parts);
  const { maxStorageBufferBindingSize: most } = gpu.device.limits;
  const tokens = Math.ceil(most / 4 / Number(model.config.hidden_size)) + 64;
  const count = Math.ceil(tokens / 512);
  const huge = {
    ...batch,
    ids: new Uint32Array(512 * count),
    positions: Uint32Array.from({ length: 512 * count }, (_, i) => i % 512),
    sequenceStarts: Uint32Array.from({ length: count + 1 }, (_, i) => 512 * i),
  };
  await assertRejects(
    () => planMemory(setup, [{ loss, batch: huge }]),
    OutOfMemoryError,
    "Cannot allocate",
  );
  await releaseParts(parts);
  model.destroy();
});
