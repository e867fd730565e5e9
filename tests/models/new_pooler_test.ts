import { assertEquals, assertNotEquals } from "@std/assert";
import { newPooler } from "../../src/models/new_pooler.ts";

Deno.test("newPooler() makes what transformers expects, from its seed", () => {
  const pooler = newPooler(8, 1);
  assertEquals([...pooler].map(([name, { shape }]) => [name, shape]), [
    ["pooler.dense.weight", [8, 8]],
    ["pooler.dense.bias", [8]],
  ]);
  assertEquals(newPooler(8, 1), pooler);
  assertNotEquals(newPooler(8, 2), pooler);
});
