import { assert, assertEquals } from "@std/assert";
import { GraphBuilder } from "../../src/export/graph_builder.ts";
import { postNormGraph } from "../../src/export/post_norm_graph.ts";
import { SequenceGraph } from "../../src/export/sequence_graph.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { PostNormEncoder } from "../../src/models/post_norm_encoder.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { normalValues } from "../reference/random_values.ts";
import { relativeError } from "../support/assert_close.ts";
import { withGoldenModel } from "../support/golden_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

const NAMES = {
  layers: "encoder.layer.",
  takesTypes: false,
  parts: {
    projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
    attentionOutput: "attention.attn.o",
    attentionNorm: "attention.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    outputNorm: "output.LayerNorm",
  },
} as const;

Deno.test("postNormGraph() has biases of distances beyond the last bucket, and every activation", async () => {
  const gpu = await testGpu();
  let cases = 0;
  for (const hidden_act of ["gelu", "gelu_new", "relu", "silu"]) {
    const positions = 200;
    await withGoldenModel(
      "mpnet",
      { config: { hidden_act, max_position_embeddings: positions } },
      async (directory) => {
        const { entries, arrays } = await weightsOf(directory);
        assert(entries > 30);
        const name = "embeddings.position_embeddings.weight";
        const table = Float32Array.from(normalValues(positions * 32, 3));
        arrays.set(name, { shape: [positions, 32], data: table });
        await Deno.writeFile(`${directory}/model.safetensors`, encodeSafetensors(arrays));
        const model = await SentenceTransformer.load(gpu, directory);
        const text = "the cat was there ".repeat(48);
        const [expected] = await model.encode([text], { outputValue: "token_embeddings" });
        assert(expected.rows > 150, `${expected.rows} tokens`);

        const builder = new GraphBuilder(arrays, "f32");
        const encoder = model.first as PostNormEncoder;
        assert(encoder instanceof PostNormEncoder);
        const { layerConfigs, maxPositions } = encoder;
        const init = { ...NAMES, layerConfigs, maxPositions };
        const x = postNormGraph(builder, new SequenceGraph(builder), init);
        builder.graph.output({ name: "x", type: "f32" }, x);
        const bytes = builder.graph.toModel("test").finish();
        const outputs = await runOnnx(bytes, paddedFeeds([[...model.tokenize(text)]]));
        const error = relativeError(outputs.x.data, expected.data);
        assert(error < 1e-5, `${hidden_act} is off by ${error}`);
        model.destroy();
        cases++;
      },
    );
  }
  assertEquals(cases, 4);
});

async function weightsOf(directory: string) {
  const bytes = await Deno.readFile(`${directory}/model.safetensors`);
  const file = decodeSafetensors(bytes, "model.safetensors");
  const arrays = new Map<string, NamedArray>(
    [...file.entries.keys()].map((name) => [name, file.read(name)]),
  );
  return { entries: file.entries.size, arrays };
}
