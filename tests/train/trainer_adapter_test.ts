import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import { collate } from "../../src/data/collator.ts";
import { Dataset } from "../../src/data/dataset.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { ContrastiveTensionLossInBatchNegatives } from "../../src/losses/contrastive_tension_loss_in_batch_negatives.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { LoraConfig } from "../../src/models/lora_config.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { Tape } from "../../src/ops/tape.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { destroyTrainer, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

async function adapterTrainer(
  gpu: Gpu,
  args: Partial<ArgumentValues>,
  adapter: LoraConfig | null = { r: 2, lora_dropout: 0.1 },
  from = TINY_BERT,
): Promise<SentenceTransformerTrainer> {
  return new SentenceTransformerTrainer({
    model: await SentenceTransformer.load(gpu, from, {
      adapter: adapter ?? undefined,
      trainable: true,
    }),
    trainDataset: tinyPairs(16),
    loss: new MultipleNegativesRankingLoss(),
    args: new SentenceTransformerTrainingArguments({
      perDeviceTrainBatchSize: 4,
      learningRate: 1e-2,
      saveStrategy: "no",
      maxSteps: 2,
      ...args,
    }),
  });
}

async function bitsOf(store: ParameterStore): Promise<Record<string, Uint32Array>> {
  const values = await store.download();
  return Object.fromEntries(
    [...values].map(([name, { data }]) => [name, new Uint32Array(data.buffer)]),
  );
}

const KINDS: Readonly<Record<string, Partial<ArgumentValues>>> = {
  "f32": {},
  "fp16": { fp16: true },
  "bf16": { bf16: true },
  "gradient checkpointing": { gradientCheckpointing: true },
  "full determinism": { fullDeterminism: true },
};

for (const [name, values] of Object.entries(KINDS)) {
  Deno.test(`training with an adapter and ${name} changes the adapter and nothing else`, async () => {
    const gpu = await testGpu();
    await withFolder({}, async (outputDir) => {
      const adapter = { r: 2, lora_dropout: 0.1, target_modules: "all-linear" };
      const trainer = await adapterTrainer(gpu, { outputDir, ...values }, adapter);
      const { store, adapter: own } = trainer.model;
      const frozen = await bitsOf(store);
      const before = await bitsOf(own!.store);
      const { trainingLoss } = await trainer.train();
      assert(Number.isFinite(trainingLoss));
      assertEquals(await bitsOf(store), frozen);
      const after = await bitsOf(own!.store);
      const same = Object.keys(after).filter((key) =>
        after[key].every((word, i) => word === before[key][i])
      );
      assertEquals([Object.keys(after).length, same], [24, []]);
      await destroyTrainer(trainer);
    });
  });
}

Deno.test("gradient checkpointing gives an adapter the same bits", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const run = async (gradientCheckpointing: boolean) => {
      const trainer = await adapterTrainer(gpu, { outputDir, gradientCheckpointing });
      await trainer.train();
      const bits = await bitsOf(trainer.model.adapter!.store);
      await destroyTrainer(trainer);
      return bits;
    };
    assertEquals(await run(true), await run(false));
  });
});

/** Bytes of gradients, and of what the optimizer keeps. */
async function statesOf(gpu: Gpu, adapter: LoraConfig | undefined) {
  const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter, trainable: true });
  const args = new SentenceTransformerTrainingArguments({ perDeviceTrainBatchSize: 4 });
  const inputs = {
    model,
    trainDataset: tinyPairs(8),
    loss: new MultipleNegativesRankingLoss(),
    args,
  };
  const parts = assembleRun(setUpRun(inputs, args), 4);
  const states = await parts.optimizer.download();
  const optimizer = [...states.values()].reduce((sum, { data }) => sum + data.length, 0);
  const gradients = [model.store, ...(model.adapter ? [model.adapter.store] : [])]
    .filter(({ isTrainable }) => isTrainable)
    .reduce((sum, { size }) => sum + size, 0);
  await releaseParts(parts);
  model.destroy();
  return { optimizer, gradients };
}

Deno.test("gradients and optimizer states follow the adapter's few parameters alone", async () => {
  const gpu = await testGpu();
  const [layers, targets, width, r] = [2, 2, 32, 8];
  const few = layers * targets * 2 * r * width;
  const adapted = await statesOf(gpu, {});
  assertEquals(adapted, { optimizer: 2 * few, gradients: few });
  const whole = await statesOf(gpu, undefined);
  assert(whole.gradients > 5 * few, `${whole.gradients}`);
  assertEquals(whole.optimizer, 2 * whole.gradients);
});

Deno.test("backward with an adapter has no product for a frozen weight", async () => {
  const gpu = await testGpu();
  const productsOf = async (adapter: LoraConfig | undefined) => {
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter, trainable: true });
    const tape = new Tape(gpu, { recording: true });
    const sequences = ["a b c", "d e"].map((text) => model.tokenize(text));
    const embeddings = model.embed(tape, collate([{ name: "text", sequences }]));
    let products = 0;
    const { recorder } = gpu;
    const dispatch = recorder.dispatch;
    recorder.dispatch = function (kernel, ...rest) {
      if (kernel.label.startsWith("matmul")) products++;
      return dispatch.call(this, kernel, ...rest);
    };
    try {
      tape.backward(embeddings, tape.upload(embeddings.shape, new Float32Array(64), "gradient"));
    } finally {
      recorder.dispatch = dispatch;
    }
    tape.end();
    model.destroy();
    return products;
  };
  // Four products a layer, each with a gradient of its input and of its weight.
  assertEquals(await productsOf(undefined), 2 * 4 * 2);
  // Those of the inputs, but for the first layer's, which nothing before it wants; and four of each
  // update, A and B with an input and a weight each, but for the input of A in the first layer.
  assertEquals(await productsOf({}), 2 * 4 - 1 + 2 * 2 * 4 - 2);
});

Deno.test("a run with an adapter goes on from its checkpoint as if it had never stopped", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const args = (name: string): Partial<ArgumentValues> => ({
      outputDir: join(folder, name),
      maxSteps: 4,
      saveStrategy: "steps",
      saveSteps: 2,
    });
    const whole = await adapterTrainer(gpu, args("whole"));
    await whole.train();
    const bits = await bitsOf(whole.model.adapter!.store);
    await destroyTrainer(whole);
    const checkpoint = join(folder, "whole", "checkpoint-2");
    const names = [...Deno.readDirSync(checkpoint)].map(({ name }) => name);
    assert(names.includes("adapter_model.safetensors") && !names.includes("model.safetensors"));

    const resumed = await adapterTrainer(gpu, args("resumed"));
    await resumed.train(checkpoint);
    assertEquals(await bitsOf(resumed.model.adapter!.store), bits);
    await destroyTrainer(resumed);

    // The checkpoint itself is a model that can be trained further.
    const loaded = await adapterTrainer(gpu, args("loaded"), null, checkpoint);
    await loaded.train(checkpoint);
    assertEquals(await bitsOf(loaded.model.adapter!.store), bits);
    await destroyTrainer(loaded);

    const others: [LoraConfig, string][] = [[{ r: 4 }, "adapter.r was 2 and is 4"], [
      { r: 2, lora_alpha: 3, lora_dropout: 0.1 },
      "adapter.lora_alpha was 8 and is 3",
    ]];
    for (const [adapter, difference] of others) {
      const other = await adapterTrainer(gpu, args("other"), adapter);
      await assertRejects(() => other.train(checkpoint), InputError, difference);
      await destroyTrainer(other);
    }
  });
});

Deno.test("saveModel() saves the adapter, or with merge a plain model, and the run goes on", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const trainer = await adapterTrainer(gpu, { outputDir: join(folder, "out") });
    await trainer.train();
    const texts = ["a b c", "d e f g"];
    const expected = (await trainer.model.encode(texts)).data;
    const [own, merged] = [join(folder, "own"), join(folder, "merged")];
    await trainer.saveModel(own);
    await trainer.saveModel(merged, { merge: true });
    const adapter = trainer.model.adapter!;
    assert(adapter.store.isTrainable);
    await assertRejects(
      () => trainer.saveModel(TINY_BERT),
      UsageError,
      "it would replace the model that it adapts",
    );
    const again = await SentenceTransformer.load(gpu, own);
    assertEquals((await again.encode(texts)).data, expected);
    again.destroy();
    const names = [...Deno.readDirSync(merged)].map(({ name }) => name);
    assert(names.includes("model.safetensors") && !names.some((name) => /adapter/.test(name)));
    const plain = await SentenceTransformer.load(gpu, merged, { trainable: true });
    assertEquals(plain.adapter, null);
    assert(plain.store.isTrainable);
    const relative = floatTolerance(Number(plain.config.intermediate_size));
    const close = { op: "merged", absolute: 12 * relative, relative };
    assertClose((await plain.encode(texts)).data, expected, close);
    plain.destroy();
    await destroyTrainer(trainer);
  });
});

Deno.test("learning_rate_mapping and losses with a second model see the adapter", async () => {
  const gpu = await testGpu();
  const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter: {}, trainable: true });
  const run = (learningRateMapping: Record<string, number>) => {
    const args = new SentenceTransformerTrainingArguments({
      learningRate: 1e-3,
      learningRateMapping,
      perDeviceTrainBatchSize: 4,
    });
    const loss = new MultipleNegativesRankingLoss();
    return assembleRun(setUpRun({ model, trainDataset: tinyPairs(8), loss, args }, args), 4);
  };
  const parts = run({ "lora_B": 1e-2 });
  assertEquals(parts.learningRates, [1e-3, 1e-2]);
  await releaseParts(parts);
  assertThrows(() => run({ "output.dense": 1e-2 }), UsageError, "matches no parameter");
  const args = new SentenceTransformerTrainingArguments({});
  const loss = new ContrastiveTensionLossInBatchNegatives();
  const column = new Map([["text", tinyPairs(8).text("anchor")]]);
  const texts = new Dataset({ name: "texts", texts: column });
  assertThrows(
    () => setUpRun({ model, trainDataset: texts, loss, args }, args),
    UsageError,
    "the model has an adapter",
  );
  model.destroy();
});
