import { assertEquals } from "@std/assert";
import { PUBLISHED, stepFlops } from "../../../bench/rivals/published_models.ts";

Deno.test("stepFlops counts the products of linear layers and attention, three times", () => {
  const config = { ...PUBLISHED.tiny, hidden_size: 2, intermediate_size: 3, num_hidden_layers: 5 };
  // Of a token: 4 products of 2 x 2 and 2 of 2 x 3; of a sequence of L: two of L x L x 2.
  const forward = (length: number) => length * 2 * (4 * 4 + 2 * 6) + 2 * 2 * length * length * 2;
  assertEquals(stepFlops(config, [7, 1]), 3 * 5 * (forward(7) + forward(1)));
  assertEquals(stepFlops(config, []), 0);
});

Deno.test("the published models have their sizes", () => {
  // As in their config.json.
  const sizes = (
    { num_hidden_layers, hidden_size, num_attention_heads, intermediate_size }:
      typeof PUBLISHED[string],
  ) => [num_hidden_layers, hidden_size, num_attention_heads, intermediate_size];
  assertEquals(sizes(PUBLISHED["MiniLM-L6"]), [6, 384, 12, 1536]);
  assertEquals(sizes(PUBLISHED["MiniLM-L12"]), [12, 384, 12, 1536]);
  assertEquals(sizes(PUBLISHED["BERT-base"]), [12, 768, 12, 3072]);
});
