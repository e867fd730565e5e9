import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { createEncoder, ENCODER_NAMES } from "../../src/models/names.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyConfig } from "../support/model_directory.ts";

Deno.test("createEncoder() knows an architecture by its model_type", async () => {
  assertEquals(ENCODER_NAMES, ["bert"]);
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
  assertEquals(refused("Bert"), `${start} "Bert", wanted one of bert; the nearest is "bert"`);
  assertEquals(refused("llama"), `${start} "llama", wanted one of bert`);
  assertEquals(refused("toString"), `${start} "toString", wanted one of bert`);
  assertEquals(refused(undefined), `${start} undefined, wanted one of bert`);
  assertEquals(refused(7), `${start} 7, wanted one of bert`);
  assertEquals(store.parameters.length, 0);
});
