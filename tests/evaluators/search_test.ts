import { assertEquals, assertThrows } from "@std/assert";
import type { SearchOptions } from "../../src/evaluators/embedder.ts";
import { hitsOf, search, searchRows } from "../../src/evaluators/search.ts";
import { SIMILARITIES, similarityMatrix } from "../../src/evaluators/similarity.ts";
import { TopK } from "../../src/evaluators/top_k.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(11);
const rows = (count: number, columns = 3) =>
  embeddingsOf(Array.from({ length: count }, () => coarseVector(random, columns)));

Deno.test("searchRows: equals sorting the full matrix, ties by row, over several blocks", () => {
  const queries = rows(35);
  // More rows than a block of the search has, most of them ties.
  const corpus = rows(17_000);
  let compared = 0;
  for (const similarity of SIMILARITIES) {
    const scores = similarityMatrix(similarity, queries, corpus);
    const found = searchRows(queries, corpus, { k: 20, similarity });
    assertEquals(found.k, 20);
    for (const query of [0, 31, 32, 34]) {
      const row = scores.subarray(query * corpus.rows, (query + 1) * corpus.rows);
      const order = [...row.keys()].sort((p, q) => row[q] - row[p] || p - q).slice(0, 20);
      assertEquals([...found.indices.subarray(query * 20, (query + 1) * 20)], order);
      assertEquals(
        [...found.scores.subarray(query * 20, (query + 1) * 20)],
        order.map((index) => row[index]),
      );
      compared++;
    }
  }
  assertEquals(compared, 16);
});

Deno.test("searchRows: fewer rows than wanted, none, and NaN", () => {
  const queries = embeddingsOf([[1], [NaN]]);
  const found = searchRows(queries, embeddingsOf([[2], [NaN], [3]]), { k: 9, similarity: "dot" });
  assertEquals(found.k, 3);
  assertEquals([...found.indices], [2, 0, -1, -1, -1, -1]);
  assertEquals([...found.scores], [3, 2, NaN, NaN, NaN, NaN]);
  const none = { data: new Float32Array(0), rows: 0, columns: 1 };
  assertEquals(searchRows(queries, none, { k: 2, similarity: "dot" }).k, 0);
  assertEquals(searchRows(none, queries, { k: 2, similarity: "dot" }).indices.length, 0);
  assertThrows(() => searchRows(queries, queries, { k: 0, similarity: "dot" }), RangeError, "0");
});

Deno.test("hitsOf: pads what was not found", () => {
  const best = new TopK(2);
  best.offer(0.5, 7);
  assertEquals(hitsOf([best, new TopK(2)], 2), {
    k: 2,
    indices: Int32Array.of(7, -1, -1, -1),
    scores: Float64Array.of(0.5, NaN, NaN, NaN),
  });
});

Deno.test("search: asks the embedder where it can search, else the host", async () => {
  const [queries, corpus] = [rows(2), rows(5)];
  const options: SearchOptions = { k: 2, similarity: "dot" };
  const embedder = new FakeEmbedder([]);
  const onHost = searchRows(queries, corpus, options);
  assertEquals(await search(embedder, queries, { corpus, ...options }), onHost);
  const own = { k: 0, indices: new Int32Array(0), scores: new Float64Array(0) };
  const searching = Object.assign(new FakeEmbedder([]), {
    search: (...given: unknown[]) => {
      assertEquals(given, [queries, corpus, options]);
      return Promise.resolve(own);
    },
  });
  assertEquals(await search(searching, queries, { corpus, ...options }), own);
});
