import { assertEquals } from "@std/assert";
import { mineParaphrases } from "../../src/evaluators/paraphrase_mining.ts";
import { similarityMatrix } from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(41);
const embeddings = embeddingsOf(Array.from({ length: 60 }, () => coarseVector(random, 4)));
const scores = similarityMatrix("cosine", embeddings, embeddings);
const embedder = new FakeEmbedder([]);
const everything = { topK: 100, maxPairs: 1e6, queryChunkSize: 5000, corpusChunkSize: 100_000 };

/** All pairs, higher scores first, equal ones in order. */
function allPairs() {
  const pairs = [];
  for (let first = 0; first < 60; first++) {
    for (let second = first + 1; second < 60; second++) {
      const score = scores[first * 60 + second];
      if (score > -1) pairs.push({ score, first, second });
    }
  }
  return pairs.sort((p, q) => q.score - p.score || p.first - q.first || p.second - q.second);
}

Deno.test("mineParaphrases: all pairs in order, whatever the chunks", async () => {
  const expected = allPairs();
  assertEquals(expected.length > 1500, true);
  for (const chunks of [{}, { queryChunkSize: 7 }, { corpusChunkSize: 11, queryChunkSize: 13 }]) {
    assertEquals(
      await mineParaphrases(embedder, embeddings, { ...everything, ...chunks }),
      expected,
    );
  }
});

Deno.test("mineParaphrases: the nearest neighbours of each text only", async () => {
  const neighbours = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const row = scores.subarray(i * 60, (i + 1) * 60);
    const order = [...row.keys()].sort((p, q) => row[q] - row[p] || p - q).slice(0, 4);
    for (const j of order) if (i !== j) neighbours.add([Math.min(i, j), Math.max(i, j)].join());
  }
  const found = await mineParaphrases(embedder, embeddings, { ...everything, topK: 3 });
  assertEquals(new Set(found.map(({ first, second }) => [first, second].join())), neighbours);
});

Deno.test("mineParaphrases: the best candidates only, from both sides of a pair", async () => {
  const distinct = embeddingsOf(Array.from({ length: 40 }, () => [random(), random(), random()]));
  const whole = await mineParaphrases(embedder, distinct, everything);
  for (const queryChunkSize of [40, 3]) {
    const limits = { ...everything, maxPairs: 50, queryChunkSize };
    assertEquals(await mineParaphrases(embedder, distinct, limits), whole.slice(0, 25));
  }
});

Deno.test("mineParaphrases: opposite texts and NaN are no pairs", async () => {
  const odd = embeddingsOf([[1, 0], [-1, 0], [NaN, 0], [0, 2]]);
  assertEquals(await mineParaphrases(embedder, odd, everything), [
    { score: 0, first: 0, second: 3 },
    { score: 0, first: 1, second: 3 },
  ]);
});
