import { assertEquals, assertThrows } from "@std/assert";
import { OnnxGraph } from "../../src/export/onnx_graph.ts";
import { runOnnx } from "../support/onnx.ts";

const ROWS = { dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

Deno.test("OnnxGraph makes files that ONNX Runtime runs, with all types of constants", async () => {
  const graph = new OnnxGraph();
  const x = graph.input({ name: "x", type: "f32", shape: ["rows", 2] });
  const constants = [
    graph.constant("f32", [2], Float32Array.of(0.5, 1)),
    graph.constant("f16", [2], Float16Array.of(0.25, 2)),
    graph.constant("u8", [2], Uint8Array.of(200, 3)),
    graph.constant("i8", [2], Int8Array.of(-100, 4)),
    graph.integers(7, -1),
    graph.integer(1000),
  ];
  const sum = constants.map((name) => graph.cast(name, "f32"))
    .reduce((left, right) => graph.apply("Add", [left, right]), x);
  const [left, right] = graph.applyMany("Split", [sum], {
    count: 2,
    attributes: { axis: { int: -1 } },
  });
  graph.output({ name: "left", type: "f32", shape: ["rows", 1] }, left);
  graph.output({ name: "right", type: "f32", shape: ["rows", 1] }, right);
  const outputs = await runOnnx(graph.toModel("sums").finish(), { x: ROWS });
  assertEquals(Object.keys(outputs), ["left", "right"]);
  const first = 0.5 + 0.25 + 200 - 100 + 7 + 1000;
  const second = 1 + 2 + 3 + 4 - 1 + 1000;
  assertEquals(outputs.left, {
    dims: [3, 1],
    data: Float32Array.of(1, 3, 5).map((v) => v + first),
  });
  assertEquals(
    outputs.right,
    { dims: [3, 1], data: Float32Array.of(2, 4, 6).map((v) => v + second) },
  );
});

Deno.test("OnnxGraph hands attributes on, and leaves optional operands out", async () => {
  const graph = new OnnxGraph();
  const x = graph.input({ name: "x", type: "f32", shape: ["rows", 2] });
  const most = graph.constant("most", [], Float32Array.of(4));
  const clipped = graph.apply("Clip", [x, "", most]);
  const leaky = graph.apply("LeakyRelu", [graph.apply("Neg", [clipped])], {
    alpha: { float: 0.5 },
  });
  const turned = graph.apply("Transpose", [leaky], { perm: { ints: [1, 0] } });
  graph.output({ name: "y", type: "f32", shape: [2, "rows"] }, turned);
  const { y } = await runOnnx(graph.toModel("turned").finish(), { x: ROWS });
  assertEquals(y, { dims: [2, 3], data: Float32Array.of(-0.5, -1.5, -2, -1, -2, -2) });
});

Deno.test("OnnxGraph keeps a constant once a name, and refuses a shape that does not hold it", () => {
  const graph = new OnnxGraph();
  graph.integer(1);
  const before = graph.toModel("a").size;
  graph.integer(1);
  graph.constant("integer_1", [], () => {
    throw new Error("made again");
  });
  assertEquals(graph.toModel("a").size, before);
  assertThrows(
    () => graph.constant("b", [2, 2], Float32Array.of(1, 2)),
    RangeError,
    'Cannot add the constant "b": its shape [2, 2] does not hold 2 values',
  );
});
