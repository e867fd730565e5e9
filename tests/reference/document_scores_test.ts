import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { documentScores, documentScoresBackward } from "./document_scores.ts";
import { normalValues } from "./random_values.ts";

const QUERIES = Float64Array.of(1, 2, 3, 4);
const DOCUMENTS = Float64Array.of(1, 2, 0, 0, 4, 6, 0, 4);

for (
  const [measure, expected] of [
    ["dot", [5, 16, 0, 16]],
    ["euclidean", [0, -5, -5, -3]],
    ["manhattan", [0, -7, -7, -3]],
  ] as const
) {
  Deno.test(`documentScores compares each query with its own documents, ${measure}`, () => {
    const input = { queries: QUERIES, documents: DOCUMENTS, B: 2, C: 2, measure };
    assertEquals([...documentScores(input)].map((score) => score + 0), [...expected]);
  });

  Deno.test(`documentScoresBackward agrees with central differences, ${measure}`, () => {
    const [B, C, n] = [3, 4, 2];
    const queries = normalValues(B * C, 1);
    const documents = normalValues(n * B * C, 2);
    const dScores = normalValues(B * n, 3);
    const input = { queries, documents, B, C, measure };
    const { dQueries, dDocuments } = documentScoresBackward(input, dScores);
    gradientCheck(
      (moved) => dot(documentScores({ ...input, queries: moved }), dScores),
      queries,
      dQueries,
    );
    gradientCheck(
      (moved) => dot(documentScores({ ...input, documents: moved }), dScores),
      documents,
      dDocuments,
    );
  });
}

Deno.test("documentScoresBackward is 0 where a distance is 0", () => {
  const input = { queries: Float64Array.of(1, 2), documents: Float64Array.of(1, 2), B: 1, C: 2 };
  for (const measure of ["euclidean", "manhattan"] as const) {
    const { dQueries, dDocuments } = documentScoresBackward(
      { ...input, measure },
      Float64Array.of(1),
    );
    assertEquals([...dQueries, ...dDocuments].map(Math.abs), [0, 0, 0, 0]);
  }
});
