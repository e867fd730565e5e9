import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { ModernBert } from "../../src/models/modernbert.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { hiddenLayers, initialValues, tinyEncoder } from "../support/tiny_encoder.ts";

Deno.test("ModernBert gives the token vectors that PyTorch gives, after the last of its layers", async () => {
  const { recording, weights } = await readGolden("modernbert");
  const gpu = await testGpu();
  const { store, encoder } = await tinyEncoder(gpu, "modernbert");
  store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
  const layers = await hiddenLayers(gpu, encoder);
  assertEquals(layers.length, 3);
  const error = relativeError(layers.at(-1)!, recording.get("hidden")!);
  assert(error < 1e-6, `off by ${error}`);
  store.destroy();
});

Deno.test("ModernBert drops elements in training, a function of seed and step", async () => {
  const gpu = await testGpu();
  for (const kind of ["embedding_dropout", "attention_dropout", "mlp_dropout"]) {
    const { store, encoder } = await tinyEncoder(gpu, "modernbert", { [kind]: 0.1 });
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

Deno.test("ModernBert takes the defaults of transformers.ModernBertConfig", async () => {
  const store = new ParameterStore(await testGpu());
  const encoder = new ModernBert(store, { model_type: "modernbert" }, 42);
  assertEquals([encoder.width, encoder.maxPositions, encoder.vocabularySize], [768, 8192, 50368]);
  assertEquals(store.size, 149_014_272); // modernbert-base
});

Deno.test("ModernBert begins with normal values cut at two deviations, smaller where branches end", async () => {
  const { store } = await tinyEncoder(await testGpu(), "modernbert");
  const values = await initialValues(store);
  assertEquals(values.size, 20);
  let matrices = 0;
  for (const [name, data] of values) {
    if (name.includes("norm")) {
      assert(data.every((value) => value === 1), name);
      continue;
    }
    const deviation = name.endsWith("Wo.weight") ? 0.02 / Math.sqrt(6) : 0.02;
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Of a thousand values some come near the cut.
    assert(largest <= 2 * deviation && largest > 1.8 * deviation, `${name}: ${largest}`);
    matrices++;
  }
  assertEquals(matrices, 1 + 3 * 4);
});

Deno.test("ModernBert declares biases where the configuration asks for them", async () => {
  const gpu = await testGpu();
  const names = async (change: Record<string, unknown>) => {
    const { store } = await tinyEncoder(gpu, "modernbert", change);
    return store.parameters.map(({ name }) => name).filter((name) => name.endsWith(".bias"));
  };
  assertEquals(await names({}), []);
  assertEquals((await names({ norm_bias: true })).length, 1 + 5 + 1);
  assertEquals((await names({ attention_bias: true })).length, 3 * 2);
  assertEquals((await names({ mlp_bias: true })).length, 3 * 2);
});

Deno.test("ModernBert takes layers and bases as newer configurations write them", async () => {
  const gpu = await testGpu();
  const { weights } = await readGolden("modernbert");
  const run = async (change: Record<string, unknown>) => {
    const { store, encoder } = await tinyEncoder(gpu, "modernbert", change);
    store.allocate(({ name }) => Float32Array.from(weights.get(name)!), false);
    const layers = await hiddenLayers(gpu, encoder);
    store.destroy();
    return layers;
  };
  const newer = {
    layer_types: ["full_attention", "sliding_attention", "full_attention"],
    rope_parameters: {
      full_attention: { rope_type: "default", rope_theta: 160000 },
      sliding_attention: { rope_type: "default", rope_theta: 10000 },
    },
  };
  const unused = { global_rope_theta: 5, local_rope_theta: null, global_attn_every_n_layers: 1 };
  const expected = await run({});
  assertEquals(await run({ ...unused, ...newer }), expected);
  assertNotEquals(await run({ local_rope_theta: null }), expected);
});

Deno.test("ModernBert refuses a configuration that it cannot compute", async () => {
  const config = await goldenConfig("modernbert");
  const store = new ParameterStore(await testGpu());
  const cases: [Record<string, unknown>, string][] = [
    [{ hidden_activation: "tanh" }, "at hidden_activation: "],
    [{ layer_types: ["full_attention"] }, "at layer_types: wanted one entry for each"],
    [
      { rope_parameters: { full_attention: { rope_type: "yarn", rope_theta: 1 } } },
      "at rope_parameters.full_attention.rope_type: ",
    ],
    [
      { num_attention_heads: 8 },
      "at num_attention_heads: hidden_size over it is the width of a head, wanted a multiple of 8",
    ],
    [{ norm_eps: 0 }, "at norm_eps: "],
  ];
  for (const [change, reason] of cases) {
    assertThrows(
      () => new ModernBert(store, { ...config, ...change }, 42, "dir/config.json"),
      InputError,
      `Cannot read dir/config.json: ${reason}`,
    );
  }
  assertEquals(store.parameters.length, 0);
});
