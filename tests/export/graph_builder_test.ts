import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { type GraphActivation, GraphBuilder } from "../../src/export/graph_builder.ts";
import { ONNX_PRECISIONS } from "../../src/export/export_model.ts";
import type { NamedArray } from "../../src/io/safetensors.ts";
import { hiddenActivation } from "../reference/hidden_activation.ts";
import { layerNorm } from "../reference/layer_norm.ts";
import { linear } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance, relativeError } from "../support/assert_close.ts";
import { runOnnx } from "../support/onnx.ts";

const [T, K, N] = [7, 24, 10];
const X = normalValues(T * K, 1);

/** Half a unit in the last place of 16 bits. */
const HALF = 2 ** -11;

function array(shape: number[], seed: number): NamedArray {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from(normalValues(count, seed)) };
}

const WEIGHTS = new Map([
  ["a.weight", array([N, K], 2)],
  ["a.bias", array([N], 3)],
  ["b.weight", array([N, K], 4)],
  ["b.bias", array([N], 5)],
  ["norm.weight", array([K], 6)],
  ["norm.bias", array([K], 7)],
  ["bare.weight", array([K], 6)],
  ["table.weight", array([9, K], 8)],
  ["large.weight", { shape: [1, 2], data: Float32Array.of(1, 7e4) }],
]);

function values(name: string): Float64Array {
  return Float64Array.from(WEIGHTS.get(name)!.data as Float32Array);
}

/** Runs what a test builds on X, [T, K]; what goes in and comes out is of 32 bits. */
async function run(
  precision: GraphBuilder["precision"],
  build: (builder: GraphBuilder, x: string) => string,
): Promise<Float32Array> {
  const builder = new GraphBuilder(WEIGHTS, precision);
  const x = builder.graph.input({ name: "x", type: "f32", shape: ["rows", K] });
  const y = build(builder, builder.type === "f16" ? builder.graph.cast(x, "f16") : x);
  builder.graph.output({ name: "y", type: "f32", shape: ["rows", "columns"] }, y);
  const feeds = { x: { dims: [T, K], data: Float32Array.from(X) } };
  return (await runOnnx(builder.graph.toModel("test").finish(), feeds)).y.data;
}

/** What roundings of weights and arguments can do to x weight^T, element by element. */
function roundingBounds(weight: Float64Array): Float64Array {
  const [low, high] = [Math.min(0, ...X), Math.max(0, ...X)];
  const unit = (high - low) / 255;
  return Float64Array.from({ length: T * N }, (_, at) => {
    const [t, n] = [Math.floor(at / N), at % N];
    const row = weight.subarray(n * K, (n + 1) * K);
    const half = Math.max(...row.map(Math.abs)) / 254;
    // Arguments are off by a whole unit where the rounded zero point pushes them out of range.
    return row.reduce(
      (sum, value, k) => sum + Math.abs(X[t * K + k]) * half + (Math.abs(value) + half) * unit,
      1e-5,
    );
  });
}

Deno.test("GraphBuilder.linear() lays parts side by side, as near as each precision comes", async () => {
  const [a, b] = ["a", "b"].map((name) =>
    linear({ x: X, weight: values(`${name}.weight`), bias: values(`${name}.bias`), T, K, N })
  );
  const bounds = [roundingBounds(values("a.weight")), roundingBounds(values("b.weight"))];
  assertEquals(ONNX_PRECISIONS, ["f32", "f16", "int8"]);
  for (const precision of ONNX_PRECISIONS) {
    const y = await run(precision, (builder, x) => builder.linear(x, ["a", "b"]));
    let largest = 0;
    for (let t = 0; t < T; t++) {
      for (let n = 0; n < N; n++) {
        [a, b].forEach((expected, part) => {
          const error = Math.abs(y[(t * 2 + part) * N + n] - expected[t * N + n]);
          const size = X.subarray(t * K, (t + 1) * K).reduce((sum, x) => sum + Math.abs(x), 1) * 4;
          const bound = precision === "int8"
            ? bounds[part][t * N + n]
            : size * (precision === "f16" ? 3 * HALF : floatTolerance(K));
          assert(error <= bound, `${precision}: ${error} of ${bound}`);
          largest = Math.max(largest, error);
        });
      }
    }
    assert(precision === "f32" || largest > 1e-4, `${precision} rounds nothing`);
  }
});

Deno.test("GraphBuilder.linear() keeps 32 bits where it must, and does without a bias", async () => {
  const expected = linear({
    x: X,
    weight: values("table.weight"),
    bias: new Float64Array(9),
    T,
    K,
    N: 9,
  });
  const y = await run("int8", (builder, x) => builder.linear(x, ["table"], { exact: true }));
  assert(relativeError(y, expected) < floatTolerance(K));
});

Deno.test("GraphBuilder.lookUp() gives rows, of 8 bits within half a unit of each", async () => {
  const table = values("table.weight");
  const ids = [3, 0, 8, 8, 1, 2, 5];
  for (const precision of ONNX_PRECISIONS) {
    const y = await run(precision, (builder) => {
      const rows = BigInt64Array.from(ids.map(BigInt));
      return builder.lookUp("table", builder.graph.constant("ids", [T], rows));
    });
    ids.forEach((id, t) => {
      const row = table.subarray(id * K, (id + 1) * K);
      const most = Math.max(...row.map(Math.abs));
      const absolute = { f32: 0, f16: most * HALF, int8: most / 254 * (1 + 1e-4) }[precision];
      const actual = y.subarray(t * K, (t + 1) * K);
      assertClose(actual, row, { op: "lookUp", case: precision, absolute, relative: 0 });
    });
  }
});

Deno.test("GraphBuilder.layerNorm() normalises, with and without a shift", async () => {
  for (const name of ["norm", "bare"]) {
    const bias = name === "norm" ? values("norm.bias") : new Float64Array(K);
    const expected = layerNorm({ x: X, gain: values("norm.weight"), bias, C: K, eps: 0.1 });
    const y = await run("f32", (builder, x) => builder.layerNorm(x, name, { epsilon: 0.1 }));
    assert(relativeError(y, expected) < floatTolerance(K), name);
  }
});

Deno.test("GraphBuilder.activate() has every activation", async () => {
  const plain: Partial<Record<GraphActivation, (x: number) => number>> = {
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    identity: (x) => x,
  };
  const hidden = ["gelu", "gelu_tanh", "relu", "silu"] as const;
  for (const kind of hidden) {
    const y = await run("f32", (builder, x) => builder.activate(x, kind));
    // Runtimes have polynomials of a few units in the last place.
    assert(relativeError(y, hiddenActivation(X, kind)) < floatTolerance(1) * 4, kind);
  }
  for (const [kind, f] of Object.entries(plain)) {
    const y = await run("f32", (builder, x) => builder.activate(x, kind as GraphActivation));
    assert(relativeError(y, X.map(f)) < floatTolerance(1) * 4, kind);
  }
  assertEquals(Object.keys(plain).length + hidden.length, 7);
});

Deno.test("GraphBuilder refuses numbers that 16 bits do not hold, and weights that are not there", () => {
  const builder = new GraphBuilder(WEIGHTS, "f16");
  assertThrows(
    () => builder.lookUp("large", "ids"),
    InputError,
    'Cannot export "large" with f16: it holds 70000, wanted at most 65504; export f32 or int8',
  );
  assertThrows(
    () => builder.linear("x", ["gone"]),
    InputError,
    'its weight "gone.weight" is missing',
  );
});
