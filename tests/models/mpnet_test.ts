import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { MpNet } from "../../src/models/mpnet.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { hiddenLayers, initialValues, tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("MpNet gives the token vectors that PyTorch gives, after the last of its layers", async () => {
  const { recording, weights } = await readGolden("mpnet");
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "mpnet");
  store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
  const layers = await hiddenLayers(gpu, encoder);
  assertEquals(layers.length, 2);
  const error = relativeError(layers.at(-1)!, recording.get("hidden")!);
  assert(error < 1e-6, `off by ${error}`);
  store.destroy();
});

Deno.test("MpNet drops elements in training, a function of seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["hidden_dropout_prob", "attention_probs_dropout_prob"]) {
    const { store, encoder } = await tinyEncoder(gpu, "mpnet", { [kind]: 0.1 });
    store.allocate(() => null, true);
    const train = async (seed: number, step: number) =>
      (await hiddenLayers(gpu, encoder, { recording: true, seed, step })).at(-1);
    const trained = await train(1, 1);
    assertNotEquals(trained, (await hiddenLayers(gpu, encoder)).at(-1), kind);
    assertEquals(await train(1, 1), trained, kind);
    assertNotEquals(await train(2, 1), trained, kind);
    store.destroy();
  }
});

Deno.test("MpNet takes the defaults of transformers.MPNetConfig", async () => {
  const store = new ParameterStore(await testGpu());
  const published = { model_type: "mpnet", max_position_embeddings: 514 };
  const encoder = new MpNet(store, published, 42);
  assertEquals([encoder.width, encoder.maxPositions, encoder.vocabularySize], [768, 512, 30527]);
  assertEquals(store.size, 108_895_872); // mpnet-base without its pooler
});

Deno.test("MpNet begins with zeros for padding, and its biases do not decay", async () => {
  const { store } = await tinyEncoder(await testGpu(), "mpnet");
  const decayed = store.parameters.filter(({ init }) => init.decay).length;
  assertEquals([store.parameters.length, decayed], [37 - 2 * 4, 2 + 2 * 4]);
  const values = await initialValues(store);
  for (const kind of ["word", "position"]) {
    const table = values.get(`embeddings.${kind}_embeddings.weight`)!;
    assert(table.subarray(32, 64).every((value) => value === 0), kind);
  }
  const biases = values.get("encoder.relative_attention_bias.weight")!;
  assertEquals(biases.length, 64);
  assert(biases.every((value) => value !== 0 && Math.abs(value) < 0.2));
});

Deno.test("MpNet refuses a configuration that it cannot compute", async () => {
  const config = await goldenConfig("mpnet");
  const store = new ParameterStore(await testGpu());
  const cases: [Record<string, unknown>, string][] = [
    [{ relative_attention_num_buckets: 16 }, "at relative_attention_num_buckets: "],
    [{ max_position_embeddings: 2 }, "at max_position_embeddings: "],
    [{ hidden_act: "tanh" }, "at hidden_act: "],
    [{ num_attention_heads: 5 }, "at num_attention_heads: does not divide hidden_size"],
  ];
  for (const [change, reason] of cases) {
    assertThrows(
      () => new MpNet(store, { ...config, ...change }, 42, "dir/config.json"),
      InputError,
      `Cannot read dir/config.json: ${reason}`,
    );
  }
  assertEquals(store.parameters.length, 0);
});
