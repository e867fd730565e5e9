import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { Roberta } from "../../src/models/roberta.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { hiddenLayers, initialValues, tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("Roberta gives the token vectors that PyTorch gives, after the last of its layers", async () => {
  const { recording, weights } = await readGolden("roberta");
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "roberta");
  store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
  const layers = await hiddenLayers(gpu, encoder);
  assertEquals(layers.length, 2);
  const error = relativeError(layers.at(-1)!, recording.get("hidden")!);
  assert(error < 1e-6, `off by ${error}`);
  store.destroy();
});

Deno.test("Roberta drops elements in training, a function of seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["hidden_dropout_prob", "attention_probs_dropout_prob"]) {
    const { store, encoder } = await tinyEncoder(gpu, "roberta", { [kind]: 0.1 });
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

Deno.test("Roberta takes the defaults of transformers.RobertaConfig", async () => {
  const store = new ParameterStore(await testGpu());
  const encoder = new Roberta(store, { model_type: "roberta" }, 42);
  assertEquals([encoder.width, encoder.maxPositions, encoder.vocabularySize], [768, 510, 50265]);
  const published = { max_position_embeddings: 514, type_vocab_size: 1 };
  const base = new ParameterStore(await testGpu());
  assertEquals(new Roberta(base, published, 42).maxPositions, 512);
  assertEquals(base.size, 124_055_040); // roberta-base without its pooler
});

Deno.test("Roberta begins with zeros for padding, in words and positions", async () => {
  const { store } = await tinyEncoder(await testGpu(), "roberta");
  const decayed = store.parameters.filter(({ init }) => init.decay).length;
  assertEquals([store.parameters.length, decayed], [37 - 2 * 4, 3 + 2 * 4]);
  const values = await initialValues(store);
  for (const kind of ["word", "position"]) {
    const table = values.get(`embeddings.${kind}_embeddings.weight`)!;
    assert(table.subarray(32, 64).every((value) => value === 0), kind);
    assert(table.subarray(0, 32).every((value) => value !== 0), kind);
  }
});

Deno.test("Roberta refuses a configuration that it cannot compute", async () => {
  const config = await goldenConfig("roberta");
  const store = new ParameterStore(await testGpu());
  const cases: [Record<string, unknown>, string][] = [
    [{ hidden_act: "tanh" }, "at hidden_act: "],
    [{ position_embedding_type: "relative_key" }, "at position_embedding_type: "],
    [{ max_position_embeddings: 2 }, "at max_position_embeddings: leaves no position behind"],
    [{ num_attention_heads: 3 }, "at num_attention_heads: does not divide hidden_size"],
    [{ is_decoder: true }, "at is_decoder: "],
  ];
  for (const [change, reason] of cases) {
    assertThrows(
      () => new Roberta(store, { ...config, ...change }, 42, "dir/config.json"),
      InputError,
      `Cannot read dir/config.json: ${reason}`,
    );
  }
  assertEquals(store.parameters.length, 0);
});
