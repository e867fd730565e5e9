import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { encodeAdapterConfig } from "../../src/io/adapter_config.ts";
import { ModelFolder } from "../../src/io/model_folder.ts";
import { readAdapter } from "../../src/io/read_adapter.ts";
import { readModelDirectory } from "../../src/io/read_model_directory.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const WEIGHTS = encodeSafetensors(
  new Map([["base_model.model.x.lora_A.weight", { shape: [1, 2], data: Float32Array.of(1, 2) }]]),
);

function configOf(base: string): string {
  return JSON.stringify(encodeAdapterConfig({
    r: 1,
    lora_alpha: 2,
    lora_dropout: 0,
    target_modules: ["x"],
    use_rslora: false,
    base_model_name_or_path: base,
  }));
}

Deno.test("readAdapter() finds no adapter in a whole model", async () => {
  assertEquals(await readAdapter(new ModelFolder(TINY_BERT), ""), null);
});

Deno.test("readAdapter() reads weights, and where the adapted model is", async () => {
  const files = {
    "adapter_config.json": configOf(TINY_BERT),
    "adapter_model.safetensors": WEIGHTS,
    "vocab.txt": await Deno.readTextFile(join(TINY_BERT, "vocab.txt")),
  };
  await withFolder(files, async (folder) => {
    const { config, weights } = (await readAdapter(new ModelFolder(folder), ""))!;
    assertEquals([config.base_model_name_or_path, config.lora_alpha], [TINY_BERT, 2]);
    assertEquals([...weights.entries.keys()], ["base_model.model.x.lora_A.weight"]);
    const directory = await readModelDirectory(folder);
    const base = await readModelDirectory(TINY_BERT);
    assertEquals(directory.adapter!.config, config);
    assertEquals(directory.config, base.config);
    assertEquals(
      [...directory.weights.get("")!.entries.keys()],
      [...base.weights.get("")!.entries.keys()],
    );
  });
});

Deno.test("readAdapter() refuses missing weights, and an adapter of an adapter", async () => {
  const read = (folder: string) => readAdapter(new ModelFolder(folder), "");
  await withFolder({ "adapter_config.json": configOf(TINY_BERT) }, async (folder) => {
    await assertRejects(() => read(folder), InputError, "adapter_model.safetensors is missing");
    const config = { "adapter_config.json": configOf(folder) };
    await withFolder({ ...config, "adapter_model.safetensors": WEIGHTS }, async (other) => {
      await assertRejects(() => read(other), InputError, "is an adapter itself; merge that one");
    });
  });
});

Deno.test("readAdapter() refuses a base that begins with the adapter itself", async () => {
  const modules = ["Transformer", "Pooling"].map((type, i) => ({
    path: `${i}_${type}`,
    type: `sentence_transformers.models.${type}`,
  }));
  const files = {
    "modules.json": JSON.stringify(modules),
    "0_Transformer/adapter_model.safetensors": WEIGHTS,
  };
  await withFolder(files, async (folder) => {
    const config = join(folder, "0_Transformer/adapter_config.json");
    await Deno.writeTextFile(config, configOf(folder));
    await assertRejects(
      () => readModelDirectory(folder),
      InputError,
      "is an adapter itself; merge that one",
    );
  });
});
