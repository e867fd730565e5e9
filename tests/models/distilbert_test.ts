import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { DistilBert } from "../../src/models/distilbert.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { hiddenLayers, initialValues, tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("DistilBert gives the token vectors that PyTorch gives, after the last of its layers", async () => {
  const { recording, weights } = await readGolden("distilbert");
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "distilbert");
  store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
  const layers = await hiddenLayers(gpu, encoder);
  assertEquals(layers.length, 2);
  const error = relativeError(layers.at(-1)!, recording.get("hidden")!);
  assert(error < 1e-6, `off by ${error}`);
  store.destroy();
});

Deno.test("DistilBert drops elements in training, a function of seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["dropout", "attention_dropout"]) {
    const { store, encoder } = await tinyEncoder(gpu, "distilbert", { [kind]: 0.1 });
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

Deno.test("DistilBert takes the defaults of transformers.DistilBertConfig", async () => {
  const store = new ParameterStore(await testGpu());
  const encoder = new DistilBert(store, { model_type: "distilbert" }, 42);
  assertEquals([encoder.width, encoder.maxPositions, encoder.vocabularySize], [768, 512, 30522]);
  assertEquals(store.size, 66_362_880); // distilbert-base
});

Deno.test("DistilBert begins with zeros for padding, and decays matrices alone", async () => {
  const { store } = await tinyEncoder(await testGpu(), "distilbert");
  const decayed = store.parameters.filter(({ init }) => init.decay).length;
  assertEquals([store.parameters.length, decayed], [36 - 2 * 4, 2 + 2 * 4]);
  const values = await initialValues(store);
  const words = values.get("embeddings.word_embeddings.weight")!;
  assert(words.subarray(0, 32).every((value) => value === 0));
  assert(words.subarray(32).every((value) => value !== 0));
});

Deno.test("DistilBert refuses a configuration that it cannot compute", async () => {
  const config = await goldenConfig("distilbert");
  const store = new ParameterStore(await testGpu());
  const cases: [Record<string, unknown>, string][] = [
    [{ sinusoidal_pos_embds: true }, "at sinusoidal_pos_embds: "],
    [{ activation: "tanh" }, "at activation: "],
    [{ n_layers: 0 }, "at n_layers: "],
    [{ n_heads: 3 }, "at n_heads: does not divide dim"],
    [{ n_heads: 16 }, "at n_heads: dim over it is the width of a head"],
    [{ hidden_dim: 50 }, "at hidden_dim: wanted a multiple of 4"],
  ];
  for (const [change, reason] of cases) {
    assertThrows(
      () => new DistilBert(store, { ...config, ...change }, 42, "dir/config.json"),
      InputError,
      `Cannot read dir/config.json: ${reason}`,
    );
  }
  assertEquals(store.parameters.length, 0);
});
