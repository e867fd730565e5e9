import { assert, assertEquals } from "@std/assert";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { modernBertGraph } from "../../src/export/modernbert_graph.ts";
import { SequenceGraph } from "../../src/export/sequence_graph.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { relativeError } from "../support/assert_close.ts";
import { withGoldenModel } from "../support/golden_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

const TEXTS = ["the cat was there and who has not been there", "a cat", "all the world"];

/** What configurations may say: nothing, so that the encoder's defaults hold, or the newer keys. */
const CONFIGS: Record<string, unknown>[] = [
  {
    hidden_activation: undefined,
    norm_eps: undefined,
    global_attn_every_n_layers: undefined,
    local_attention: undefined,
    global_rope_theta: undefined,
    local_rope_theta: undefined,
  },
  { hidden_activation: "silu", norm_eps: 0.1, local_rope_theta: null, local_attention: 3 },
  {
    layer_types: ["sliding_attention", "full_attention", "sliding_attention"],
    local_attention: 4,
    rope_parameters: { sliding_attention: { rope_type: "default", rope_theta: 77 } },
  },
];

Deno.test("modernBertGraph() gives the token vectors that our encoder has, by any configuration", async () => {
  const gpu = await testGpu();
  const different = new Set<number>();
  for (const config of CONFIGS) {
    await withGoldenModel("modernbert", { config }, async (directory) => {
      const model = await SentenceTransformer.load(gpu, directory);
      const { weights } = await model.toSavedModel("");
      const builder = new GraphBuilder(weights, "f32");
      const options = { config: model.config, width: 32 };
      const x = modernBertGraph(builder, new SequenceGraph(builder), options);
      builder.graph.output({ name: "x", type: "f32" }, x);
      const bytes = builder.graph.toModel("test").finish();
      const sequences = TEXTS.map((text) => [...model.tokenize(text)]);
      const { dims: [, length], data } = (await runOnnx(bytes, paddedFeeds(sequences))).x;
      const expected = await model.encode(TEXTS, { outputValue: "token_embeddings" });
      expected.forEach(({ data: tokens, rows }, s) => {
        const actual = data.subarray(s * length * 32, (s * length + rows) * 32);
        const error = relativeError(actual, tokens);
        assert(error < 1e-5, `${JSON.stringify(config)}: text ${s} is off by ${error}`);
      });
      different.add(data[0]);
      model.destroy();
    });
  }
  assertEquals(different.size, CONFIGS.length);
});
