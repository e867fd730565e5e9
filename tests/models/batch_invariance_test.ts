import { assertEquals } from "@std/assert";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { testGpu } from "../support/gpu.ts";
import { withTinyBert } from "../support/model_directory.ts";

Deno.test("a text has the same embedding alone and among others, bit for bit", async () => {
  const gpu = await testGpu();
  await withTinyBert({}, async (path) => {
    const model = await SentenceTransformer.load(gpu, path);
    // One token beside many: they differ in tiles of attention, products and norms.
    const texts = [
      "a",
      "b c d e f g h i j k l m n o p q r s t u v",
      "the of",
      "",
      "a b c ".repeat(9),
    ];
    const together = await model.encode(texts);
    for (const [row, text] of texts.entries()) {
      const alone = await model.encode([text]);
      const { data, columns } = together;
      assertEquals(alone.data, data.slice(row * columns, (row + 1) * columns), `"${text}"`);
    }
    model.destroy();
  });
});
