import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { createEncoder, ENCODER_NAMES } from "../../src/models/names.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyConfig } from "../support/model_directory.ts";

Deno.test("createEncoder() knows an architecture by its model_type", async () => {
  assertEquals(ENCODER_NAMES, [
    "bert",
    "camembert",
    "distilbert",
    "modernbert",
    "mpnet",
    "roberta",
    "xlm-roberta",
  ]);
  const store = new ParameterStore(await testGpu());
  const encoder = createEncoder(store, await tinyConfig(), 42, "config.json");
  assertEquals(encoder.prefix, "bert.");
  assertEquals([encoder.width, encoder.maxPositions, encoder.vocabularySize], [32, 40, 120]);
});

Deno.test("createEncoder() refuses an unknown architecture and names the nearest", async () => {
  const store = new ParameterStore(await testGpu());
  const refused = (model_type: unknown) =>
    assertThrows(
      () => createEncoder(store, { model_type }, 42, "dir/config.json"),
      InputError,
    ).message;
  const start = "Cannot read dir/config.json: model_type is";
  assertEquals(
    refused("Bert"),
    `${start} "Bert", wanted one of ${ENCODER_NAMES.join(", ")}; the nearest is "bert"`,
  );
  assertEquals(refused("llama"), `${start} "llama", wanted one of ${ENCODER_NAMES.join(", ")}`);
  assertEquals(
    refused("toString"),
    `${start} "toString", wanted one of ${ENCODER_NAMES.join(", ")}`,
  );
  assertEquals(refused(undefined), `${start} undefined, wanted one of ${ENCODER_NAMES.join(", ")}`);
  assertEquals(refused(7), `${start} 7, wanted one of ${ENCODER_NAMES.join(", ")}`);
  assertEquals(store.parameters.length, 0);
});

Deno.test("createEncoder() makes every architecture, each with the prefix of its checkpoints", async () => {
  const prefixes: Record<string, string> = {
    bert: "bert.",
    camembert: "roberta.",
    distilbert: "distilbert.",
    modernbert: "model.",
    mpnet: "mpnet.",
    roberta: "roberta.",
    "xlm-roberta": "roberta.",
  };
  assertEquals(Object.keys(prefixes), ENCODER_NAMES);
  const gpu = await testGpu();
  for (const [model_type, prefix] of Object.entries(prefixes)) {
    const encoder = createEncoder(new ParameterStore(gpu), { model_type }, 42, "config.json");
    assertEquals(encoder.prefix, prefix);
    assertEquals(encoder.width, 768);
  }
});
