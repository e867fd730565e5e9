import { assertEquals } from "@std/assert";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT, tinyWeights } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("savedModel() has all weights, or with an adapter those behind the encoder and its own", async () => {
  const gpu = await testGpu();
  const modules = [
    { type: "Pooling", modes: ["mean"], includePrompt: true },
    {
      type: "Dense",
      inFeatures: 32,
      outFeatures: 16,
      bias: true,
      activation: "identity",
      residual: false,
    },
  ] as const;
  const dense = ["2_Dense/linear.bias", "2_Dense/linear.weight"];
  const plain = await SentenceTransformer.load(gpu, TINY_BERT, { modules });
  const { weights, savedAdapter } = await plain.toSavedModel("card");
  const all = [...(await tinyWeights()).keys(), ...dense].sort();
  assertEquals([...weights.keys()].sort(), all);
  assertEquals(savedAdapter, undefined);
  plain.destroy();

  const adapter = { target_modules: ["key"] };
  const adapted = await SentenceTransformer.load(gpu, TINY_BERT, { modules, adapter });
  const saved = await adapted.toSavedModel("card");
  assertEquals([...saved.weights.keys()].sort(), dense);
  assertEquals(saved.savedAdapter!.weights.size, 4);
  const merged = await adapted.toSavedModel("card", true);
  assertEquals([...merged.weights.keys()].sort(), all);
  assertEquals(merged.savedAdapter, undefined);
  adapted.destroy();
});

Deno.test("savedModel() names the width that a configuration leaves to its default", async () => {
  const tokenizer = Tokenizer.fromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"]);
  const sizes = { vocab_size: 6, max_position_embeddings: 8, num_hidden_layers: 1 };
  const config = { model_type: "bert", ...sizes, intermediate_size: 4 };
  const model = SentenceTransformer.create(await testGpu(), { config, tokenizer });
  const saved = await model.toSavedModel("card");
  model.destroy();
  assertEquals(saved.config, { ...config, hidden_size: 768 });
  await withFolder({}, (folder) => writeModelDirectory(folder, saved));
});
