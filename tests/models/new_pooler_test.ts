import { assertEquals, assertNotEquals } from "@std/assert";
import { STATIC_EMBEDDING } from "../../src/io/model_modules.ts";
import { newPooler } from "../../src/models/new_pooler.ts";

Deno.test("newPooler() makes what transformers expects, from its seed", () => {
  const made = (seed: number) => newPooler({ model_type: "bert" }, { width: 8, seed });
  const pooler = made(1);
  assertEquals([...pooler].map(([name, { shape }]) => [name, shape]), [
    ["pooler.dense.weight", [8, 8]],
    ["pooler.dense.bias", [8]],
  ]);
  assertEquals(made(1), pooler);
  assertNotEquals(made(2), pooler);
});

Deno.test("newPooler() makes none for architectures without one", () => {
  for (
    const config of [{ model_type: STATIC_EMBEDDING }, { model_type: "distilbert" }, {
      model_type: "modernbert",
    }]
  ) {
    assertEquals(newPooler(config, { width: 8, seed: 1 }).size, 0);
  }
});
