import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { restoreModel } from "../../src/train/checkpoint_files.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { bitsOf, destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const MODULES: readonly ModuleConfig[] = [
  { type: "Pooling", modes: ["cls", "mean"], includePrompt: false },
  {
    type: "Dense",
    inFeatures: 64,
    outFeatures: 16,
    bias: true,
    activation: "tanh",
    residual: false,
  },
  { type: "LayerNorm", dimension: 16 },
  { type: "Dropout", probability: 0.1 },
  { type: "Normalize" },
];

function modelOf(gpu: Gpu, seed: number): Promise<SentenceTransformer> {
  return SentenceTransformer.load(gpu, TINY_BERT, { modules: MODULES, trainable: true, seed });
}

Deno.test("a run of a model with more modules resumes to the same bits", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const run = async (seed: number, resumeFromCheckpoint?: string) => {
      const trainer = await tinyTrainer(gpu, {
        outputDir,
        maxSteps: 4,
        saveStrategy: "steps",
        saveSteps: 2,
        prompts: { anchor: "who has " },
      }, { model: await modelOf(gpu, seed) });
      await trainer.train(resumeFromCheckpoint);
      const bits = await bitsOf(trainer.model);
      await destroyTrainer(trainer);
      return bits;
    };
    const before = await modelOf(gpu, 1);
    const first = await bitsOf(before);
    before.destroy();
    const whole = await run(1);
    const names = Object.keys(whole).filter((name) => name.includes("/"));
    assertEquals(names, [
      "2_Dense/linear.weight",
      "2_Dense/linear.bias",
      "3_LayerNorm/norm.weight",
      "3_LayerNorm/norm.bias",
    ]);
    for (const name of names) {
      assert(whole[name].some((bits, i) => bits !== first[name][i]), `${name} was not trained`);
    }
    // Other initial values, which the checkpoint replaces.
    assertEquals(await run(2, join(outputDir, "checkpoint-2")), whole);

    const restored = await modelOf(gpu, 3);
    await restoreModel(join(outputDir, "checkpoint-4"), restored);
    assertEquals(await bitsOf(restored), whole);
    restored.destroy();
    const loaded = await SentenceTransformer.load(gpu, join(outputDir, "checkpoint-4"));
    assertEquals(await bitsOf(loaded), whole);
    assertEquals(loaded.settings.modules, MODULES);
    loaded.destroy();
  });
});

Deno.test("a step of training moves the rows of a table that occur, and no others", async () => {
  const gpu = await testGpu();
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...letters, "never"];
  const C = 8;
  const model = SentenceTransformer.create(gpu, {
    config: { model_type: "static-embedding", vocab_size: vocabulary.length, hidden_size: C },
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    trainable: true,
  });
  const before = (await model.store.download()).get("embedding.weight")!.data;
  const trainer = await tinyTrainer(gpu, { maxSteps: 1, perDeviceTrainBatchSize: 12 }, { model });
  await trainer.train();
  const after = (await model.store.download()).get("embedding.weight")!.data;
  const moved = vocabulary.map((_, row) => {
    const [old, fresh] = [before, after].map((table) => table.subarray(row * C, row * C + C));
    return old.some((value, i) => value !== fresh[i]);
  });
  assertEquals([...moved.slice(0, 5), moved.at(-1)], Array(6).fill(false));
  assert(moved.slice(5, -1).filter(Boolean).length > 20);
  await destroyTrainer(trainer);
});
