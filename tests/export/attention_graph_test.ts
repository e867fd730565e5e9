import { assertEquals } from "@std/assert";
import { attentionGraph } from "../../src/export/attention_graph.ts";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { attention } from "../reference/attention.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { runOnnx } from "../support/onnx.ts";

const [S, L, C, H] = [2, 5, 16, 2];
const QKV = normalValues(S * L * 3 * C, 1);
const STARTS = [0, L, 2 * L];

async function run(build: (builder: GraphBuilder) => { bias: string; turned?: boolean }) {
  const builder = new GraphBuilder(new Map(), "f32");
  const { graph } = builder;
  const qkv = graph.input({ name: "qkv", type: "f32", shape: ["s", "l", 3 * C] });
  const { bias, turned } = build(builder);
  const angles = Float32Array.from({ length: L * 4 }, (_, i) => i / 7);
  const turns = turned
    ? {
      cosines: builder.floats("cosines", [L, 4], angles.map(Math.cos)),
      sines: builder.floats("sines", [L, 4], angles.map(Math.sin)),
    }
    : undefined;
  const y = attentionGraph(builder, { qkv, width: C, heads: H, bias, turns });
  graph.output({ name: "y", type: "f32", shape: ["s", "l", C] }, y);
  const feeds = { qkv: { dims: [S, L, 3 * C], data: Float32Array.from(QKV) } };
  return (await runOnnx(graph.toModel("test").finish(), feeds)).y;
}

const TOLERANCE = { absolute: floatTolerance(3 * C), relative: floatTolerance(3 * C) };

Deno.test("attentionGraph() is attention within each row of a batch", async () => {
  const y = await run((builder) => ({ bias: builder.number(0) }));
  assertEquals(y.dims, [S, L, C]);
  const { context } = attention({ qkv: QKV, sequenceStarts: STARTS, C, H });
  assertClose(y.data, context, { op: "attention", ...TOLERANCE });
});

Deno.test("attentionGraph() adds biases to scores, of each head its own", async () => {
  const table = normalValues(H * L * L, 3);
  const y = await run((builder) => ({
    bias: builder.floats("bias", [1, H, L, L], Float32Array.from(table)),
  }));
  const heads = Array.from({ length: H }, (_, h) => {
    // Of one head the reference takes biases by distance alone: row by row they may be any.
    const rows = Array.from({ length: L }, (_, query) => {
      const { context } = attention({
        qkv: QKV,
        sequenceStarts: STARTS,
        C,
        H,
        bias: {
          table: Float64Array.from(
            { length: L * H },
            (_, i) => table[(Math.floor(i % H) * L + query) * L + Math.floor(i / H)],
          ),
          bucketOf: (distance) => Math.min(L - 1, Math.max(0, query + distance)),
        },
      });
      return context;
    });
    return { h, rows };
  });
  for (let s = 0; s < S; s++) {
    for (const { h, rows } of heads) {
      for (let query = 0; query < L; query++) {
        const at = (s * L + query) * C + h * C / H;
        assertClose(
          y.data.subarray(at, at + C / H),
          rows[query].subarray(at, at + C / H),
          { op: "attention with biases", ...TOLERANCE },
        );
      }
    }
  }
});

Deno.test("attentionGraph() turns column pairs of queries and keys, not of values", async () => {
  const y = await run((builder) => ({ bias: builder.number(0), turned: true }));
  const turned = QKV.slice();
  const D = C / H;
  for (let row = 0; row < S * L; row++) {
    for (let head = 0; head < 2 * H; head++) {
      for (let i = 0; i < D / 2; i++) {
        const at = row * 3 * C + head * D + i;
        const angle = ((row % L) * 4 + i) / 7;
        const [left, right] = [QKV[at], QKV[at + D / 2]];
        turned[at] = left * Math.cos(angle) - right * Math.sin(angle);
        turned[at + D / 2] = right * Math.cos(angle) + left * Math.sin(angle);
      }
    }
  }
  const { context } = attention({ qkv: turned, sequenceStarts: STARTS, C, H });
  assertClose(y.data, context, { op: "attention of turned rows", ...TOLERANCE });
});
