import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";

Deno.test("encodeWithPrompt() puts the prompt before every text, and cuts at the model's dimensions", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT, { truncateDim: 8 });
  const prompted = await model.encode(["b", "c d"], { prompt: "a " });
  assertEquals([prompted.rows, prompted.columns], [2, 8]);
  assertEquals(prompted, await model.encode(["a b", "a c d"]));
  const [tokens] = await model.encode(["b"], { prompt: "a ", outputValue: "token_embeddings" });
  assertEquals([tokens.rows, tokens.columns], [4, 32]);
  await assertRejects(() => model.encode(["b"], { promptName: "query" }), UsageError);
  model.destroy();
});

Deno.test("encode() refuses what is no list of texts, and unknown outputs", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  for (const texts of ["a text", [1, 2], undefined]) {
    await assertRejects(
      () => model.encode(texts as unknown as string[]),
      TypeError,
      "wanted a list of texts",
    );
  }
  await assertRejects(
    () => model.encode(["a"], { outputValue: "tokens" as "sentence_embedding" }),
    TypeError,
    'outputValue is "tokens", wanted one of sentence_embedding, token_embeddings',
  );
  model.destroy();
});
