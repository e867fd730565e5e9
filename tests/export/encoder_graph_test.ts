import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { encoderGraph, EXPORTED_ENCODERS } from "../../src/export/encoder_graph.ts";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { SequenceGraph } from "../../src/export/sequence_graph.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import type { NamedArray } from "../../src/io/safetensors.ts";
import { createEncoder, ENCODER_NAMES } from "../../src/models/names.ts";
import { goldenConfig, readGolden } from "../golden/golden.ts";
import { relativeError } from "../support/assert_close.ts";
import { GOLDEN_KINDS } from "../support/golden_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

/** Largest ‖a - b‖ / ‖b‖ of token vectors, as for our own kernels: family_test.ts. */
const NEAR = 1e-5;

/** Token vectors without padding, from the export of a tiny encoder. */
async function hidden(kind: string, type: string, left: boolean): Promise<Float32Array> {
  const { weights, sequences } = await readGolden(kind);
  const store = new ParameterStore(await testGpu());
  const config = { ...await goldenConfig(kind), model_type: type };
  const encoder = createEncoder(store, config, 42, "config.json");
  const named = new Map<string, NamedArray>(
    store.parameters.flatMap(({ init }) => init.parts).map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from(weights.get(name)!) },
    ]),
  );
  const builder = new GraphBuilder(named, "f32");
  const batch = new SequenceGraph(builder);
  const x = encoderGraph(builder, batch, { config, encoder });
  builder.graph.output({ name: "x", type: "f32" }, x);
  const bytes = builder.graph.toModel("test").finish();
  const { dims: [, length, width], data } =
    (await runOnnx(bytes, paddedFeeds(sequences, { left }))).x;
  const rows = sequences.flatMap((ids, s) => {
    const first = s * length + (left ? length - ids.length : 0);
    return [...data.subarray(first * width, (first + ids.length) * width)];
  });
  return Float32Array.from(rows);
}

Deno.test("encoderGraph() gives the token vectors that PyTorch has, of every architecture", async () => {
  const types = [
    ...GOLDEN_KINDS.map((kind) => [kind, kind]),
    ["roberta", "xlm-roberta"],
    ["roberta", "camembert"],
  ];
  assertEquals(types.map(([, type]) => type).sort(), [...ENCODER_NAMES].sort());
  assertEquals([...EXPORTED_ENCODERS].sort(), [...ENCODER_NAMES].sort());
  for (const [kind, type] of types) {
    const { recording } = await readGolden(kind);
    const error = relativeError(await hidden(kind, type, false), recording.get("hidden")!);
    assert(error < NEAR, `${type} is off by ${error}`);
  }
});

Deno.test("encoderGraph() takes padding on the left where positions are counted", async () => {
  // MPNet's biases and RoBERTa's positions go by the tokens; ModernBERT's angles by their differences.
  for (const kind of ["roberta", "mpnet", "modernbert"]) {
    const { recording } = await readGolden(kind);
    const error = relativeError(await hidden(kind, kind, true), recording.get("hidden")!);
    assert(error < NEAR, `${kind} is off by ${error}`);
  }
});

Deno.test("encoderGraph() refuses other architectures, and names those that it knows", () => {
  const builder = new GraphBuilder(new Map(), "f32");
  const encoder = { width: 4, maxPositions: 4 };
  assertThrows(
    () =>
      encoderGraph(builder, new SequenceGraph(builder), { config: { model_type: "t5" }, encoder }),
    UsageError,
    'Cannot export a model of the type "t5" to ONNX: those that can be exported are bert, camembert, ' +
      "distilbert, mpnet, roberta, xlm-roberta, modernbert",
  );
});
