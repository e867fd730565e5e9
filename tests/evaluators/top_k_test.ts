import { assertEquals, assertThrows } from "@std/assert";
import { TopK } from "../../src/evaluators/top_k.ts";
import { randomNumbers } from "./fake_embedder.ts";

Deno.test("TopK: equals a full sort, ties by index, whatever the order of offers", () => {
  const random = randomNumbers(2);
  let compared = 0;
  for (let round = 0; round < 200; round++) {
    const count = 1 + Math.floor(random() * 60);
    const k = 1 + Math.floor(random() * 20);
    const scores = Array.from({ length: count }, () => Math.floor(random() * 8) - 4);
    const offers = scores.map((_, i) => i);
    if (round % 2 === 1) offers.sort(() => random() - 0.5);
    const best = new TopK(k);
    for (const i of offers) best.offer(scores[i], i);
    const sorted = scores.map((_, i) => i).sort((p, q) => scores[q] - scores[p] || p - q);
    assertEquals(best.indices(), sorted.slice(0, k));
    compared++;
  }
  assertEquals(compared, 200);
});

Deno.test("TopK: infinite scores have ranks, NaN has none", () => {
  const best = new TopK(4);
  [NaN, -Infinity, 1, NaN, Infinity, -Infinity].forEach((score, i) => best.offer(score, i));
  assertEquals(best.indices(), [4, 2, 1, 5]);
  best.offer(NaN, 6);
  assertEquals(best.indices(), [4, 2, 1, 5]);
});

Deno.test("TopK: offerAll() is offer() for each, read() writes them out, clear() begins again", () => {
  const random = randomNumbers(3);
  const best = new TopK(5);
  let compared = 0;
  for (let round = 0; round < 50; round++) {
    best.clear();
    const one = new TopK(5);
    const scores = Float64Array.from(
      { length: Math.floor(random() * 20) },
      () => random() < 0.1 ? NaN : Math.floor(random() * 6),
    );
    scores.forEach((score, i) => one.offer(score, 3 + i));
    best.offerAll(scores, 3);
    assertEquals(best.indices(), one.indices());
    const [values, indices] = [new Float64Array(5), new Int32Array(5)];
    assertEquals(best.read(values, indices), one.indices().length);
    one.indices().forEach((index, rank) => {
      assertEquals([indices[rank], values[rank]], [index, scores[index - 3]]);
      compared++;
    });
  }
  assertEquals(compared > 150, true);
});

Deno.test("TopK: k is an integer of at least 1", () => {
  assertThrows(() => new TopK(0), RangeError, "best 0 items");
  assertThrows(() => new TopK(1.5), RangeError, "best 1.5 items");
});
