import { assert, assertEquals } from "@std/assert";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { sentenceGraph } from "../../src/export/sentence_graph.ts";
import { SequenceGraph } from "../../src/export/sequence_graph.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import { POOLING_MODES } from "../../src/io/pooling_config.ts";
import type { NamedArray } from "../../src/io/safetensors.ts";
import { pool } from "../reference/pool.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

const C = 8;
const LENGTHS = [3, 5, 1];
const SEQUENCES = LENGTHS.map((length) => Array.from({ length }, () => 1));
const TOLERANCE = { absolute: floatTolerance(40), relative: floatTolerance(40) };

/** Token vectors, all below zero, so that padding would be seen by max. */
const PACKED = normalValues(9 * C, 5).map((value) => -1 - Math.abs(value));

/** Runs modules on the token vectors, padded. */
async function run(
  modules: readonly ModuleConfig[],
  options: { weights?: Map<string, NamedArray>; left?: boolean } = {},
) {
  const builder = new GraphBuilder(options.weights ?? new Map(), "f32");
  const { graph } = builder;
  const sequences = new SequenceGraph(builder);
  const tokens = graph.input({ name: "tokens", type: "f32", shape: ["s", "l", C] });
  const y = sentenceGraph(builder, tokens, { sequences, modules });
  graph.output({ name: "y", type: "f32" }, y);
  const data = new Float32Array(LENGTHS.length * 5 * C);
  let row = 0;
  LENGTHS.forEach((length, s) => {
    const first = options.left ? 5 - length : 0;
    data.set(PACKED.subarray(row * C, (row += length) * C), (s * 5 + first) * C);
  });
  return (await runOnnx(graph.toModel("test").finish(), {
    ...paddedFeeds(SEQUENCES, options),
    tokens: { dims: [LENGTHS.length, 5, C], data },
  })).y;
}

const pooling = (
  ...modes: ModuleConfig extends infer M
    ? M extends { type: "Pooling"; modes: infer Modes } ? Modes extends readonly (infer X)[] ? X[]
      : never
    : never
    : never
): ModuleConfig => ({ type: "Pooling", modes, includePrompt: true });

Deno.test("sentenceGraph() pools by every mode, whichever side is padded", async () => {
  const sequenceStarts = [0, 3, 8, 9];
  assertEquals(POOLING_MODES.length, 6);
  for (const mode of POOLING_MODES) {
    const expected = pool({ x: PACKED, sequenceStarts, C, mode });
    for (const left of [false, true]) {
      const { dims, data } = await run([pooling(mode)], { left });
      assertEquals(dims, [3, C]);
      assertClose(data, expected, { op: "pool", case: `${mode}, left ${left}`, ...TOLERANCE });
    }
  }
});

Deno.test("sentenceGraph() puts modes side by side, and runs what comes before and after", async () => {
  const [N, M] = [4, 6];
  const array = (shape: number[], seed: number): NamedArray => ({
    shape,
    data: Float32Array.from(normalValues(shape.reduce((a, b) => a * b), seed)),
  });
  const weights = new Map<string, NamedArray>([
    ["1_Dense/linear.weight", array([N, C], 1)],
    ["1_Dense/linear.bias", array([N], 2)],
    ["1_Dense/residual.weight", array([N, C], 3)],
    ["3_Dense/linear.weight", array([M, 2 * N], 4)],
    ["5_LayerNorm/norm.weight", array([M], 5)],
    ["5_LayerNorm/norm.bias", array([M], 6)],
  ]);
  const { dims, data } = await run([
    {
      type: "Dense",
      inFeatures: C,
      outFeatures: N,
      bias: true,
      activation: "tanh",
      residual: true,
    },
    pooling("mean", "max"),
    {
      type: "Dense",
      inFeatures: 2 * N,
      outFeatures: M,
      bias: false,
      activation: "sigmoid",
      residual: false,
    },
    { type: "Dropout", probability: 0.5 },
    { type: "LayerNorm", dimension: M },
    { type: "Normalize" },
  ], { weights });
  assertEquals(dims, [3, M]);

  const values = (name: string) => weights.get(name)!.data as Float32Array;
  const times = (x: ArrayLike<number>, name: string) => {
    const inner = x.length;
    const weight = values(name);
    return Array.from(
      { length: weight.length / inner },
      (_, n) => Array.from(x).reduce((sum, value, k) => sum + value * weight[n * inner + k], 0),
    );
  };
  const rows = Array.from({ length: 9 }, (_, t) => {
    const x = PACKED.subarray(t * C, (t + 1) * C);
    const other = times(x, "1_Dense/residual.weight");
    return times(x, "1_Dense/linear.weight").map((value, n) =>
      Math.tanh(value + values("1_Dense/linear.bias")[n]) + other[n]
    );
  });
  const expected = [[0, 3], [3, 8], [8, 9]].flatMap(([first, end]) => {
    const part = rows.slice(first, end);
    const mean = rows[0].map((_, n) => part.reduce((sum, row) => sum + row[n], 0) / part.length);
    const max = rows[0].map((_, n) => Math.max(...part.map((row) => row[n])));
    const active = times([...mean, ...max], "3_Dense/linear.weight")
      .map((value) => 1 / (1 + Math.exp(-value)));
    const center = active.reduce((sum, value) => sum + value, 0) / M;
    const variance = active.reduce((sum, value) => sum + (value - center) ** 2, 0) / M;
    const normal = active.map((value, n) =>
      (value - center) / Math.sqrt(variance + 1e-5) * values("5_LayerNorm/norm.weight")[n] +
      values("5_LayerNorm/norm.bias")[n]
    );
    const length = Math.hypot(...normal);
    return normal.map((value) => value / length);
  });
  // The variance of six sigmoids is about 0.1: what precedes it counts three times.
  assertClose(data, expected, { op: "modules", absolute: 10 * floatTolerance(40), relative: 0 });
  assert(data.some((value) => Math.abs(value) > 0.1));
});
