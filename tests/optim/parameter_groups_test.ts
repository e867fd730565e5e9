import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { decays, parameterGroups, partsOf } from "../../src/optim/parameter_groups.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyWeights } from "../support/model_directory.ts";

async function storeOf(names: readonly string[]): Promise<ParameterStore> {
  const store = new ParameterStore(await testGpu());
  for (const name of names) {
    const shape = [3];
    const initialize = () => new Float32Array(3);
    store.declare({ parts: [{ name, shape }], shape, decay: decays(name), initialize });
  }
  store.allocate(() => null, true);
  return store;
}

Deno.test("decays() spares biases and normalisation weights, by the newer rule", async () => {
  const undecayed = [
    "encoder.layer.0.output.dense.bias",
    "embeddings.LayerNorm.weight",
    "layers.0.RMSNorm.weight",
    "norm.weight",
    "layers.0.norm.weight",
    "layers.0.attn_norm.weight",
    "final_norm.weight",
  ];
  const decayed = ["embeddings.word_embeddings.weight", "normal.weight", "layers.0.mlp.Wi.weight"];
  assertEquals(undecayed.map(decays), undecayed.map(() => false));
  assertEquals(decayed.map(decays), decayed.map(() => true));
  const ofBert = [...(await tinyWeights()).keys()].filter(decays);
  assertEquals(ofBert.length, 3 + 2 * 6); // three tables, six matrices a layer
});

Deno.test("parameterGroups() makes one piece of what lies together and changes alike", async () => {
  const store = await storeOf(["a.weight", "b.weight", "a.bias", "c.weight", "b.bias"]);
  const pieces = (learningRateMapping = {}) => {
    const { segments, learningRates } = parameterGroups(store, {
      learningRate: 1,
      learningRateMapping,
    });
    return {
      learningRates,
      segments: segments.map(({ decay, group, parameters, values }) => [
        decay,
        group,
        parameters.map(({ name }) => name).join(),
        values.byteOffset,
        values.size,
      ]),
    };
  };
  assertEquals(pieces(), {
    learningRates: [1],
    segments: [
      [true, 0, "a.weight,b.weight,c.weight", 0, 192],
      [false, 0, "a.bias,b.bias", 0, 128],
    ],
  });
  assertEquals(pieces({ "^b": 0.1, "^[bc]": 0.2 }), {
    learningRates: [1, 0.1, 0.2],
    segments: [
      [true, 0, "a.weight", 0, 64],
      [true, 1, "b.weight", 256, 64],
      [true, 2, "c.weight", 512, 64],
      [false, 0, "a.bias", 0, 64],
      [false, 1, "b.bias", 256, 64],
    ],
  });
  store.destroy();
});

Deno.test("partsOf() says where the parts of a piece lie in it", async () => {
  const store = new ParameterStore(await testGpu());
  const initialize = () => new Float32Array(6);
  const parts = [{ name: "query.bias", shape: [6] }, { name: "key.bias", shape: [6] }];
  for (
    const init of [{ parts, shape: [12] }, { parts: [{ name: "o.bias", shape: [6] }], shape: [6] }]
  ) {
    store.declare({ ...init, decay: false, initialize });
  }
  store.allocate(() => null, true);
  const [segment] = parameterGroups(store, { learningRate: 1 }).segments;
  assertEquals([...partsOf(segment)], [
    { name: "query.bias", shape: [6], offset: 0 },
    { name: "key.bias", shape: [6], offset: 6 },
    { name: "o.bias", shape: [6], offset: 64 },
  ]);
  store.destroy();
});

Deno.test("parameterGroups() refuses a pattern that matches nothing", async () => {
  const store = await storeOf(["a.weight"]);
  assertThrows(
    () => parameterGroups(store, { learningRate: 1, learningRateMapping: { "^x": 1 } }),
    UsageError,
    'Cannot set learning_rate_mapping: "^x" matches no parameter',
  );
  store.destroy();
});
