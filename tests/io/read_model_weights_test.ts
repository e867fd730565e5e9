import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { ModelFolder } from "../../src/io/model_folder.ts";
import { readModelModules, readModelWeights } from "../../src/io/read_model_weights.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { withFolder } from "../support/with_folder.ts";

function weights(value: number): Uint8Array {
  return encodeSafetensors(new Map([["w", { shape: [1], data: Float32Array.of(value) }]]));
}

const MODULES = JSON.stringify(
  [["", "Transformer"], ["pool", "Pooling"], ["head", "Dense"], ["4_Norm", "LayerNorm"]]
    .map(([path, type]) => ({ path, type: `sentence_transformers.models.${type}` })),
);

Deno.test("readModelWeights() names files by the places of their modules, not by their directories", async () => {
  const files = {
    "modules.json": MODULES,
    "model.safetensors": weights(1),
    "head/model.safetensors": weights(2),
    "4_Norm/model.safetensors": weights(3),
  };
  await withFolder(files, async (path) => {
    const found = await readModelWeights(path);
    const values = [...found].map(([prefix, file]) => [prefix, file.readFloat32("w")[0]]);
    assertEquals(values, [["", 1], ["2_Dense/", 2], ["3_LayerNorm/", 3]]);
    await Deno.remove(join(path, "head", "model.safetensors"));
    await assertRejects(
      () => readModelWeights(path),
      InputError,
      `${join("head", "model.safetensors")} is missing`,
    );
  });
});

Deno.test("readModelWeights() reads the one file of a plain encoder", async () => {
  await withFolder({ "model.safetensors": weights(1) }, async (path) => {
    assertEquals([...(await readModelWeights(path)).keys()], [""]);
    assertEquals(await readModelModules(new ModelFolder(path)), null);
  });
});
