import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { readModel } from "../../src/models/read_model.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { bitsOf } from "../support/tiny_training.ts";
import { walk } from "../support/walk.ts";
import { withHub } from "../support/with_hub.ts";

/** The files of a directory. */
async function filesOf(path: string): Promise<Record<string, Uint8Array>> {
  const names = await walk(path);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await Deno.readFile(join(path, name))])),
  );
}

Deno.test("readModel() reads a directory and a model of the hub to the same bits", async () => {
  const gpu = await testGpu();
  await withHub({}, async ({ server }) => {
    server.add("org/tiny", await filesOf(TINY_BERT));
    const { directory, source } = await readModel("org/tiny", {});
    assertEquals(source, "org/tiny");
    assertEquals(directory.config, (await readModel(TINY_BERT, {})).directory.config);
    const told: string[] = [];
    const model = await SentenceTransformer.load(gpu, "org/tiny@main", {
      onDownload: ({ file }) => void told.push(file),
    });
    assertEquals(told, []); // It is in the cache.
    const local = await SentenceTransformer.load(gpu, TINY_BERT);
    assertEquals(await bitsOf(model), await bitsOf(local));
    for (const each of [model, local]) each.destroy();
  });
});

Deno.test("readModel() leaves out the weights of modules that others replace", async () => {
  const modules = [{ type: "Pooling", modes: ["mean"], includePrompt: true }] as const;
  const { directory } = await readModel(TINY_BERT, { modules });
  assertEquals([...directory.weights.keys()], [""]);
});

Deno.test("readModel() finds what an adapter adapts on the hub, and keeps its name", async () => {
  const gpu = await testGpu();
  await withHub({}, async ({ server, folder }) => {
    server.add("org/tiny", await filesOf(TINY_BERT));
    const adapted = await SentenceTransformer.load(gpu, "org/tiny", { adapter: { r: 2 } });
    const path = join(folder, "adapted");
    await Deno.mkdir(path);
    await writeModelDirectory(path, await adapted.toSavedModel(""));
    const config = JSON.parse(await Deno.readTextFile(join(path, "adapter_config.json")));
    assertEquals(config.base_model_name_or_path, "org/tiny");
    server.add("me/adapter", await filesOf(path));
    for (const name of [path, "me/adapter"]) {
      const again = await SentenceTransformer.load(gpu, name);
      assertEquals(again.adapter!.config.base_model_name_or_path, "org/tiny");
      assertEquals(await bitsOf(again), await bitsOf(adapted));
      again.destroy();
    }
    adapted.destroy();
    server.repos.delete("org/tiny");
    await Deno.remove(join(folder, "home"), { recursive: true });
    await assertRejects(() => readModel(path, {}), InputError, "Cannot load model org/tiny: ");
  });
});
