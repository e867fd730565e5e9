import { assert, assertEquals } from "@std/assert";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { SequenceGraph } from "../../src/export/sequence_graph.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

const SEQUENCES = [[5, 6], [7, 8, 9, 10]];

async function run(
  build: (sequences: SequenceGraph) => string,
  { left = false, precision = "f32" }: { left?: boolean; precision?: "f32" | "f16" } = {},
) {
  const builder = new GraphBuilder(new Map(), precision);
  const sequences = new SequenceGraph(builder);
  builder.graph.output({ name: "y", type: "f32" }, build(sequences));
  const feeds = paddedFeeds(SEQUENCES, { left });
  return (await runOnnx(builder.graph.toModel("test").finish(), feeds)).y;
}

Deno.test("SequenceGraph numbers the tokens of padded sequences, on either side", async () => {
  const order = (sequences: SequenceGraph) => sequences.order;
  assertEquals((await run(order)).data, Float32Array.of(1, 2, 0, 0, 1, 2, 3, 4));
  assertEquals((await run(order, { left: true })).data, Float32Array.of(0, 0, 1, 2, 1, 2, 3, 4));
  assertEquals((await run((sequences) => sequences.places)).data, Float32Array.of(0, 1, 2, 3));
  assertEquals((await run((sequences) => sequences.length)).data, Float32Array.of(4));
});

Deno.test("SequenceGraph.distances are places of keys less those of queries", async () => {
  const { dims, data } = await run((sequences) => sequences.distances);
  assertEquals(dims, [4, 4]);
  assertEquals([...data], [0, 1, 2, 3, -1, 0, 1, 2, -2, -1, 0, 1, -3, -2, -1, 0]);
});

Deno.test("SequenceGraph.bias() hides padding, and what lies outside of a window", async () => {
  for (const precision of ["f32", "f16"] as const) {
    const all = await run((sequences) => sequences.bias(), { precision });
    assertEquals(all.dims, [2, 1, 1, 4]);
    assertEquals([...all.data].map((value) => value === 0), [
      ...[true, true, false, false],
      ...[true, true, true, true],
    ]);
    const near = await run((sequences) => sequences.bias(1), { precision });
    assertEquals(near.dims, [2, 1, 4, 4]);
    SEQUENCES.forEach(({ length }, s) => {
      for (let query = 0; query < 4; query++) {
        for (let key = 0; key < 4; key++) {
          const value = near.data[(s * 4 + query) * 4 + key];
          const seen = key < length && Math.abs(key - query) <= 1;
          assert(seen ? value === 0 : value < -6e4 && Number.isFinite(value));
        }
      }
    });
  }
});
