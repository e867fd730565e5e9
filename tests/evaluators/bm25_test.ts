import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { Bm25, evaluateBm25 } from "../../src/evaluators/bm25.ts";
import { randomNumbers } from "./fake_embedder.ts";

/** The formula, document by document. */
function referenceScore(
  query: readonly string[],
  document: readonly string[],
  all: readonly (readonly string[])[],
  k1: number,
  b: number,
): number {
  const meanLength = all.reduce((sum, words) => sum + words.length, 0) / all.length;
  return query.reduce((score, word) => {
    const n = all.filter((words) => words.includes(word)).length;
    const f = document.filter((other) => other === word).length;
    if (f === 0) return score;
    const idf = Math.log(1 + (all.length - n + 0.5) / (n + 0.5));
    return score +
      idf * f * (k1 + 1) / (f + k1 * (1 - b + b * document.length / meanLength));
  }, 0);
}

Deno.test("Bm25: ranks by the formula on random documents", () => {
  const random = randomNumbers(9);
  const vocabulary = ["red", "green", "blue", "white", "black", "grey", "pink"];
  const words = (count: number): string[] =>
    Array.from({ length: count }, () => vocabulary[Math.floor(random() ** 2 * 7)]);
  const documents = Array.from({ length: 40 }, () => words(1 + Math.floor(random() * 9)));
  for (const [k1, b] of [[1.2, 0.75], [1.5, 0.75], [2, 0], [0, 1]]) {
    const index = new Bm25(documents.map((list) => list.join(" ")), { k1, b });
    for (let round = 0; round < 20; round++) {
      const query = words(3);
      const scores = documents.map((list) => referenceScore(query, list, documents, k1, b));
      const ranked = index.rank(query.join(" "), 40);
      assertEquals(ranked.length, scores.filter((score) => score > 0).length);
      // Sums in another order may swap what is equal but for rounding.
      const sorted = scores.toSorted((x, y) => y - x);
      ranked.forEach((document, i) => assertAlmostEquals(scores[document], sorted[i], 1e-12));
      assertEquals(index.rank(query.join(" "), 5), ranked.slice(0, 5));
    }
  }
});

Deno.test("Bm25: words are letters, marks, digits and _ in lower case", () => {
  const index = new Bm25(["Über-cool: naïve_2!", "uber", "", "कुत्ता"]);
  assertEquals(index.rank("ÜBER", 4), [0]);
  assertEquals(index.rank("(naïve_2)", 4), [0]);
  assertEquals(index.rank("naïve", 4), []);
  assertEquals(index.rank("कुत्ता?", 4), [3]);
  assertEquals(index.rank("", 4), []);
});

Deno.test("Bm25: ties stand in the order of the documents", () => {
  const index = new Bm25(["b a", "a c", "d", "a d"]);
  assertEquals(index.rank("a", 4), [0, 1, 3]);
  assertEquals(index.rank("a", 2), [0, 1]);
});

Deno.test("Bm25: words that a class of objects knows are words like others", () => {
  assertEquals(new Bm25(["constructor", "__proto__"]).rank("__proto__ toString", 2), [1]);
});

Deno.test("Bm25: no documents, no ranks", () => {
  assertEquals(new Bm25([]).rank("a", 3), []);
});

Deno.test("Bm25: constants in range", () => {
  assertThrows(() => new Bm25(["a"], { k1: -1 }), RangeError, "k1 -1 and b 0.75");
  assertThrows(() => new Bm25(["a"], { b: 1.1 }), RangeError, "k1 1.2 and b 1.1");
  assertThrows(() => new Bm25(["a"], { k1: NaN }), RangeError, "k1 NaN");
});

Deno.test("evaluateBm25: the keys of an information-retrieval evaluation, by hand", () => {
  const queries = new Map([["q1", "cat"], ["q2", "dog"], ["q3", "bird"]]);
  const corpus = new Map([["d1", "the cat"], ["d2", "the dog and the cat"], ["d3", "fish"]]);
  const relevant = new Map([["q1", new Set(["d2"])], ["q2", new Set(["d2"])], [
    "q3",
    new Set(["d3"]),
  ]]);
  const metrics = evaluateBm25(queries, corpus, relevant, { ndcgAtK: [5] });
  assertEquals(
    Object.keys(metrics),
    [
      ...["accuracy@1", "accuracy@3", "accuracy@5", "accuracy@10"],
      ...["precision@1", "precision@3", "precision@5", "precision@10"],
      ...["recall@1", "recall@3", "recall@5", "recall@10"],
      ...["ndcg@5", "mrr@10", "map@100"],
    ].map((key) => `bm25_${key}`),
  );
  // The shorter d1 comes before d2 for "cat"; no document has the word "bird".
  assertAlmostEquals(metrics["bm25_accuracy@1"], 1 / 3, 1e-15);
  assertAlmostEquals(metrics["bm25_mrr@10"], (1 / 2 + 1 + 0) / 3, 1e-15);
  assertThrows(() => evaluateBm25(queries, corpus, new Map()), InputError, "found 0 queries");
});
