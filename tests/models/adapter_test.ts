import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { basename, dirname, join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { decodeSafetensors } from "../../src/io/safetensors.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import type { LoraConfig } from "../../src/models/lora_config.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT, tinyWeights, withTinyBert } from "../support/model_directory.ts";
import { tinyModel } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const TEXTS = ["a b c", "d e", "f g h i j k"];

/** The tiny BERT with an adapter whose every value is drawn, so that it adds something. */
async function adapted(gpu: Gpu, adapter: LoraConfig): Promise<SentenceTransformer> {
  const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter });
  let seed = 0;
  model.adapter!.store.upload(({ shape: [rows, columns] }) =>
    Float32Array.from(normalValues(rows * columns, ++seed), (value) => 0.1 * value)
  );
  return model;
}

async function embeddingsOf(model: SentenceTransformer): Promise<Float32Array> {
  return (await model.encode(TEXTS)).data;
}

async function save(model: SentenceTransformer, path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await writeModelDirectory(path, await model.toSavedModel(""));
}

Deno.test("a new adapter changes no bit of an embedding", async () => {
  const gpu = await testGpu();
  const plain = await SentenceTransformer.load(gpu, TINY_BERT);
  const expected = await embeddingsOf(plain);
  plain.destroy();
  for (const target_modules of [undefined, "all-linear"]) {
    const adapter = { r: 3, target_modules };
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter, trainable: true });
    assertEquals(await embeddingsOf(model), expected);
    model.destroy();
  }
});

Deno.test("an adapter's files are PEFT's, in place of model.safetensors, and load again", async () => {
  const gpu = await testGpu();
  const model = await adapted(gpu, { r: 3, lora_alpha: 6, lora_dropout: 0.25 });
  const expected = await embeddingsOf(model);
  await withFolder({}, async (folder) => {
    await save(model, folder);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert(names.includes("adapter_model.safetensors") && names.includes("config.json"));
    assert(!names.includes("model.safetensors"));
    const config = JSON.parse(await Deno.readTextFile(join(folder, "adapter_config.json")));
    assertEquals(config, {
      base_model_name_or_path: TINY_BERT,
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
      lora_alpha: 6,
      lora_dropout: 0.25,
      peft_type: "LORA",
      r: 3,
      target_modules: ["query", "value"],
      task_type: "FEATURE_EXTRACTION",
      use_rslora: false,
    });
    const bytes = await Deno.readFile(join(folder, "adapter_model.safetensors"));
    const file = decodeSafetensors(bytes, "adapter");
    const shapes = [...file.entries].map(([name, { shape }]) => `${name} [${shape}]`);
    const layer = (i: number) => `base_model.model.encoder.layer.${i}.attention.self`;
    const width = model.config.hidden_size;
    const wanted = [0, 1].flatMap((i) =>
      ["query", "value"].flatMap((name) => [
        `${layer(i)}.${name}.lora_A.weight [3,${width}]`,
        `${layer(i)}.${name}.lora_B.weight [${width},3]`,
      ])
    );
    assertEquals(shapes.sort(), wanted.sort());
    const again = await SentenceTransformer.load(gpu, folder);
    assertEquals(await embeddingsOf(again), expected);
    assertEquals(again.adapter!.config, model.adapter!.config);
    assert(!again.adapter!.store.isTrainable && !again.store.isTrainable);
    again.destroy();
  });
  model.destroy();
});

Deno.test("all-linear adapts every layer of the encoder, and files list them", async () => {
  const model = await adapted(await testGpu(), { target_modules: "all-linear", use_rslora: true });
  const { target_modules } = model.adapter!.config;
  assertEquals(target_modules.length, 2 * 6);
  assertEquals(model.adapter!.store.parameters.length, 2 * 12);
  model.destroy();
});

Deno.test("mergeAdapter() leaves a plain model with the same embeddings", async () => {
  const gpu = await testGpu();
  const model = await adapted(gpu, { r: 3, target_modules: "all-linear", lora_alpha: 6 });
  const before = await embeddingsOf(model);
  const plain = await SentenceTransformer.load(gpu, TINY_BERT);
  const without = await embeddingsOf(plain);
  plain.destroy();
  assert(before.some((value, i) => Math.abs(value - without[i]) > 0.01), "the adapter adds much");
  const onHost = (await model.toSavedModel("", true)).weights;
  model.mergeAdapter();
  assertEquals(model.adapter, null);
  // Two layers of six products, each with sums over at most F columns, and norms between them.
  const relative = floatTolerance(Number(model.config.intermediate_size));
  assertClose(await embeddingsOf(model), before, {
    op: "merge",
    absolute: 12 * relative,
    relative,
  });
  const saved = await model.toSavedModel("");
  assertEquals(saved.savedAdapter, undefined);
  assertEquals([...saved.weights.keys()].sort(), [...onHost.keys()].sort());
  assertEquals([...saved.weights.keys()].sort(), [...(await tinyWeights()).keys()].sort());
  for (const [name, { data }] of saved.weights) {
    // A sum of 3 products and the weight itself; values are below 1.
    const close = { op: name, absolute: 4 * floatTolerance(4), relative: floatTolerance(4) };
    assertClose(data as Float32Array, onHost.get(name)!.data as Float32Array, close);
  }
  assertThrows(() => model.mergeAdapter(), UsageError, "the model has none");
  model.destroy();
});

Deno.test("an adapter's base is found as it stands, or beside the adapter", async () => {
  const gpu = await testGpu();
  await withTinyBert({}, async (base) => {
    const adapter = { r: 2 };
    const model = await SentenceTransformer.load(gpu, base, { adapter });
    const folder = join(dirname(base), `${basename(base)}-adapter`);
    try {
      await save(model, folder);
      const file = join(folder, "adapter_config.json");
      const config = JSON.parse(await Deno.readTextFile(file));
      const write = (path: string) =>
        Deno.writeTextFile(file, JSON.stringify({ ...config, base_model_name_or_path: path }));
      await write(`../${basename(base)}`);
      // PEFT saves no config.json.
      await Deno.remove(join(folder, "config.json"));
      const again = await SentenceTransformer.load(gpu, folder, { trainable: true });
      assert(again.adapter!.store.isTrainable && !again.store.isTrainable);
      assertEquals(await embeddingsOf(again), await embeddingsOf(model));
      again.destroy();
      await assertRejects(
        () => SentenceTransformer.load(gpu, folder, { adapter }),
        UsageError,
        "it has one",
      );
      await write("no-such-model");
      await assertRejects(
        () => SentenceTransformer.load(gpu, folder),
        InputError,
        'found no directory "no-such-model", its base model',
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    model.destroy();
  });
});

Deno.test("an adapter of another model or rank is refused by name", async () => {
  const gpu = await testGpu();
  const model = await adapted(gpu, { r: 2 });
  await withFolder({}, async (folder) => {
    await save(model, folder);
    const file = join(folder, "adapter_config.json");
    const config = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...config, r: 4 }));
    await assertRejects(
      () => SentenceTransformer.load(gpu, folder),
      InputError,
      "its shape is [2, ",
    );
    const other = join(dirname(TINY_BERT), "distilbert_tiny");
    await Deno.copyFile(join(other, "config.json"), join(folder, "config.json"));
    await Deno.writeTextFile(file, JSON.stringify({ ...config, base_model_name_or_path: other }));
    const refused = () => SentenceTransformer.load(gpu, folder);
    await assertRejects(refused, InputError, "was the adapter made for another model?");
  });
  model.destroy();
});

Deno.test("an adapter is refused where there is nothing to adapt, and models with one are not copied", async () => {
  const gpu = await testGpu();
  await assertRejects(
    () => SentenceTransformer.load(gpu, TINY_BERT, { adapter: { target_modules: ["qeury"] } }),
    UsageError,
    'Target modules qeury not found in the base model; its linear layers are attention.self.query, attention.self.key, attention.self.value, attention.output.dense, intermediate.dense, output.dense of every layer; the nearest is "query"',
  );
  const { config, tokenizer } = await tinyModel(gpu);
  assertThrows(
    () => SentenceTransformer.create(gpu, { config, tokenizer, adapter: {} }),
    UsageError,
    "Cannot make a new model with an adapter",
  );
  const model = await SentenceTransformer.load(gpu, TINY_BERT, { adapter: {} });
  assertThrows(() => model.clone("twin."), UsageError, "the model has an adapter");
  model.destroy();
});
