import { assertAlmostEquals, assertEquals } from "@std/assert";
import { allScores, topK } from "./top_k.ts";

const vectors = {
  queries: Float64Array.of(3, 4),
  corpus: Float64Array.of(6, 8, 0, 0, 3, 0, 6, 8, NaN, 1),
  columns: 2,
};

Deno.test("allScores: by hand", () => {
  assertEquals([...allScores(vectors, "dot")], [50, 0, 9, 50, NaN]);
  assertEquals([...allScores(vectors, "euclidean")], [-5, -5, -4, -5, NaN]);
  assertEquals([...allScores(vectors, "manhattan")], [-7, -7, -4, -7, NaN]);
  const cosines = allScores(vectors, "cosine");
  [1, 0, 0.6, 1].forEach((cosine, i) => assertAlmostEquals(cosines[i], cosine, 1e-15));
});

Deno.test("topK: ties by lower row, NaN never, -1 where rows end", () => {
  assertEquals([...topK(vectors, "dot", 3)], [0, 3, 2]);
  assertEquals([...topK(vectors, "euclidean", 5)], [2, 0, 1, 3, -1]);
});
