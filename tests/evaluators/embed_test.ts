import { assertEquals, assertThrows } from "@std/assert";
import {
  checkCount,
  checkTruncateDim,
  embed,
  embedDistinct,
  gather,
  slice,
  truncate,
} from "../../src/evaluators/embed.ts";
import { embeddingsOf, FakeEmbedder } from "./fake_embedder.ts";

const some = embeddingsOf([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);

Deno.test("embed: cuts embeddings, also where the embedder does not, and hands options on", async () => {
  const embedder = new FakeEmbedder([["a", [1, 2, 3]], ["b", [4, 5, 6]]]);
  assertEquals(await embed(embedder, ["a", "b"]), embeddingsOf([[1, 2, 3], [4, 5, 6]]));
  const options = { truncateDim: 2, prompt: "p: " };
  assertEquals(await embed(embedder, ["b"], options), embeddingsOf([[4, 5]]));
  assertEquals(embedder.options, [{}, options]);
});

Deno.test("embedDistinct: embeds every text once", async () => {
  const embedder = new FakeEmbedder([["a", [1]], ["b", [2]]]);
  const lists = await embedDistinct(embedder, [["b", "a", "b"], ["a"]]);
  assertEquals(lists, [embeddingsOf([[2], [1], [2]]), embeddingsOf([[1]])]);
  assertEquals(embedder.encoded, [["b", "a"]]);
});

Deno.test("gather, slice and truncate: take rows and columns", () => {
  assertEquals(gather(some, [2, 0, 2]), embeddingsOf([[7, 8, 9], [1, 2, 3], [7, 8, 9]]));
  assertEquals(slice(some, 1, 3), embeddingsOf([[4, 5, 6], [7, 8, 9]]));
  assertEquals(slice(some, 1, 1).rows, 0);
  assertEquals(truncate(some, 1), embeddingsOf([[1], [4], [7]]));
  assertEquals([truncate(some), truncate(some, 3), truncate(some, 9)], [some, some, some]);
});

Deno.test("checkCount and checkTruncateDim: integers of at least 1, or nothing", () => {
  assertEquals([checkCount("k", 1), checkTruncateDim(8), checkTruncateDim(undefined)], [
    1,
    8,
    undefined,
  ]);
  for (const wrong of [0, -1, 1.5, NaN]) {
    assertThrows(() => checkCount("k", wrong), RangeError, `Cannot use k ${wrong}`);
    assertThrows(() => checkTruncateDim(wrong), RangeError, "truncateDim");
  }
});
