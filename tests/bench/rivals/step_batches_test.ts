import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { PUBLISHED } from "../../../bench/rivals/published_models.ts";
import {
  longPairs,
  randomBatch,
  tokenized,
  wordnetPairs,
} from "../../../bench/rivals/step_batches.ts";

const sizes = { pairs: 3, batches: 2 };

Deno.test("wordnetPairs are the same every time, and become batches of their own lengths", async () => {
  const pairs = await wordnetPairs(sizes);
  assertEquals(pairs.length, 6);
  assertEquals(await wordnetPairs(sizes), pairs);
  const batches = await tokenized(pairs, sizes, PUBLISHED.tiny);
  assertEquals(batches.map(({ anchor, positive }) => [anchor.length, positive.length]), [[3, 3], [
    3,
    3,
  ]]);
  const lengths = new Set(batches.flatMap(({ anchor }) => anchor.map((ids) => ids.length)));
  assert(lengths.size > 1);
  assertNotEquals(batches[0], batches[1]);
});

Deno.test("longPairs fill every sequence", async () => {
  const batches = await tokenized(await longPairs(sizes, 20), sizes, PUBLISHED.tiny, 20);
  const rows = batches.flatMap(({ anchor, positive }) => [...anchor, ...positive]);
  assertEquals(rows.map((ids) => ids.length), Array(12).fill(20));
});

Deno.test("tokenized folds ids into a smaller vocabulary", async () => {
  const config = { ...PUBLISHED.tiny, vocab_size: 100 };
  const [{ anchor: [ids] }] = await tokenized(await wordnetPairs(sizes), sizes, config);
  const [{ anchor: [whole] }] = await tokenized(await wordnetPairs(sizes), sizes, PUBLISHED.tiny);
  assertEquals(ids, whole.map((id) => id % 100));
});

Deno.test("randomBatch has sequences of one length", () => {
  const { anchor, positive } = randomBatch(2, 5, 10);
  assertEquals([...anchor, ...positive].map((ids) => ids.length), [5, 5, 5, 5]);
  assert([...anchor, ...positive].flat().every((id) => id >= 0 && id < 10));
});
