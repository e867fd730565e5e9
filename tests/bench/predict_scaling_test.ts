import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ENCODERS, parametersOf, predict, predictionTable } from "../../bench/predict_scaling.ts";

Deno.test("parametersOf() counts those of the published models", () => {
  // The small model as bench/scaling.ts finds it; the others as their files have them.
  assertEquals(ENCODERS.map((encoder) => parametersOf(encoder).total), [
    4_369_408,
    22_713_216,
    109_482_240,
  ]);
});

Deno.test("predict() sends 2 (n - 1) / n of the gradients, half as halves, and hides no word embeddings", () => {
  const bert = ENCODERS[2];
  const { total, words } = parametersOf(bert);
  const one = predict(bert, { ranks: 1, halves: false, host: true });
  assertEquals([one.exchange, one.exposed, one.bytes], [0, 0, 0]);
  const plain = predict(bert, { ranks: 8, halves: false, host: false });
  assertEquals(plain.bytes, 2 * 7 / 8 * 4 * total);
  // 16 buckets of 4 blocks and 3 more, of 14 messages of 5 microseconds each.
  assertAlmostEquals(plain.exchange, plain.bytes / 10e9 + 67 * 14 * 5e-6, 1e-12);
  assertAlmostEquals(plain.exposed, plain.exchange * words / total, 1e-12);
  assertEquals(predict(bert, { ranks: 8, halves: true, host: false }).bytes, plain.bytes / 2);
  // No more is hidden than the backward pass is long.
  const slow = predict(bert, { ranks: 64, halves: true, host: true });
  assertAlmostEquals(slow.exposed, slow.exchange - slow.step * 2 / 3, 1e-12);
  assert(slow.exposed > slow.exchange * words / total);
});

Deno.test("docs/scaling.md has the table that bench/predict_scaling.ts prints", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/scaling.md", import.meta.url));
  const squeezed = (line: string) => line.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  const lines = page.split("\n").map(squeezed);
  const table = predictionTable();
  assertEquals(table.length, 11);
  const start = lines.indexOf(table[0]);
  assert(start > 0);
  assertEquals(lines.slice(start, start + table.length), table);
});
