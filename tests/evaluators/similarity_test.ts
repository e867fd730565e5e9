import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  pairwiseSimilarity,
  SIMILARITIES,
  type Similarity,
  similarityMatrix,
  SimilarityScorer,
} from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, randomNumbers } from "./fake_embedder.ts";

function reference(similarity: Similarity, a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
  const difference = a.map((value, i) => value - b[i]);
  switch (similarity) {
    case "dot":
      return dot;
    case "cosine":
      return norm(a) * norm(b) === 0 ? 0 : dot / (norm(a) * norm(b));
    case "euclidean":
      return -norm(difference);
    case "manhattan":
      return -difference.reduce((sum, value) => sum + Math.abs(value), 0);
  }
}

const random = randomNumbers(1);
const rowsA = Array.from({ length: 6 }, () => coarseVector(random, 7));
const rowsB = [...Array.from({ length: 8 }, () => coarseVector(random, 7)), Array(7).fill(0)];
const a = embeddingsOf(rowsA);
const b = embeddingsOf(rowsB);

Deno.test("SIMILARITIES: names the four of upstream", () => {
  assertEquals(SIMILARITIES, ["cosine", "dot", "euclidean", "manhattan"]);
});

for (const similarity of SIMILARITIES) {
  Deno.test(`similarityMatrix: ${similarity} of every pair`, () => {
    const scores = similarityMatrix(similarity, a, b);
    assertEquals(scores.length, 54);
    rowsA.forEach((x, i) =>
      rowsB.forEach((y, j) =>
        assertAlmostEquals(scores[i * 9 + j], reference(similarity, x, y), 1e-12)
      )
    );
  });

  Deno.test(`pairwiseSimilarity: ${similarity} of row and row`, () => {
    const first = embeddingsOf(rowsB.slice(0, 6));
    const scores = pairwiseSimilarity(similarity, a, first);
    assertEquals(scores.length, 6);
    rowsA.forEach((x, i) =>
      assertAlmostEquals(scores[i], reference(similarity, x, rowsB[i]), 1e-12)
    );
  });

  Deno.test(`SimilarityScorer: tiles of ${similarity} are the matrix bit by bit`, () => {
    const scores = similarityMatrix(similarity, a, b);
    const tile = new Float64Array(2 * 7);
    new SimilarityScorer(similarity, a, b).tile(3, 5, 1, 8, tile);
    for (let i = 0; i < 2; i++) {
      assertEquals(
        [...tile.subarray(i * 7, i * 7 + 7)],
        [...scores.subarray((3 + i) * 9 + 1, (3 + i) * 9 + 8)],
      );
    }
  });

  Deno.test(`similarityMatrix: equal embeddings score equally by ${similarity} wherever they stand`, () => {
    const values = Array.from({ length: 33 }, () => random() - 0.5);
    const query = embeddingsOf([Array.from({ length: 33 }, () => random() - 0.5)]);
    const scores = similarityMatrix(similarity, query, embeddingsOf(Array(7).fill(values)));
    assertEquals(new Set(scores).size, 1);
  });
}

Deno.test("similarity: shapes that do not fit are refused", () => {
  const narrow = embeddingsOf([[1, 2]]);
  assertThrows(() => similarityMatrix("dot", a, narrow), RangeError, "widths 7 and 2");
  assertThrows(() => pairwiseSimilarity("dot", a, b), RangeError, "6 and 9 rows");
  const torn = { data: new Float32Array(5), rows: 1, columns: 7 };
  assertThrows(() => similarityMatrix("dot", a, torn), RangeError, "shape [1, 7]: found 5 values");
  assertThrows(
    () => new SimilarityScorer("dot", a, b).tile(0, 7, 0, 1, new Float64Array(7)),
    RangeError,
    "found 6 and 9 rows",
  );
});
