import { assertClose } from "../../support/assert_close.ts";
import { dot, gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { queryDocumentScores, queryDocumentScoresBackward } from "./query_document_scores.ts";

for (
  const [similarity, expected] of [
    ["cos_sim", [24 / 25, 0]],
    ["dot_score", [24, 0]],
    ["euclidean_sim", [-Math.SQRT2, -5]],
    ["manhattan_sim", [-2, -7]],
  ] as const
) {
  Deno.test(`queryDocumentScores compares by ${similarity}`, () => {
    const embeddings = Float64Array.of(3, 4, 4, 3, 0, 0);
    const scores = queryDocumentScores({ embeddings, B: 1, C: 2, similarity });
    assertClose(scores, expected, { op: "scores", absolute: 0, relative: 1e-15 });
  });

  Deno.test(`queryDocumentScoresBackward agrees with central differences, ${similarity}`, () => {
    const [embeddings, dScores] = [normalValues(3 * 4 * 3, 1), normalValues(8, 2)];
    const batch = { B: 4, C: 3, similarity };
    gradientCheck(
      (moved) => dot(queryDocumentScores({ ...batch, embeddings: moved }), dScores),
      embeddings,
      queryDocumentScoresBackward({ ...batch, embeddings }, dScores),
    );
  });
}
