import { assertEquals, assertThrows } from "@std/assert";
import { PAIR_SIMILARITY, queryDocumentScores } from "../../src/losses/query_document_scores.ts";
import {
  queryDocumentScores as reference,
  queryDocumentScoresBackward,
} from "../reference/losses/query_document_scores.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("queryDocumentScores() equals its reference for every similarity", async () => {
  let seen = 0;
  const [B, C, n] = [9, 12, 3];
  for (const gpu of await testGpus()) {
    for (const similarity of ["cos_sim", "dot_score", "euclidean_sim", "manhattan_sim"] as const) {
      const data = normalValues((n + 1) * B * C, 1);
      const dOutput = normalValues(B * n, 2);
      const columns = columnRanges(n + 1, B);
      const { y, gradients } = await runOp(gpu, {
        inputs: { embeddings: { shape: [(n + 1) * B, C], data } },
        forward: (tape, { embeddings }) =>
          queryDocumentScores(tape, { embeddings, columns, labels: null }, similarity),
        dOutput,
      });
      const batch = { embeddings: data, B, C, similarity };
      // Sums of C products or differences of numbers of at most 5.
      const absolute = 25 * floatTolerance(C + 8);
      assertClose(y, reference(batch), { op: similarity, absolute, relative: absolute });
      const expected = queryDocumentScoresBackward(batch, dOutput);
      assertClose(gradients.embeddings, expected, { op: similarity, absolute, relative: 0 });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("PAIR_SIMILARITY takes upstream's names, with and without pairwise", () => {
  assertEquals(PAIR_SIMILARITY.parse(undefined), "dot_score");
  assertEquals(PAIR_SIMILARITY.parse("cos_sim"), "cos_sim");
  assertEquals(PAIR_SIMILARITY.parse("pairwise_manhattan_sim"), "manhattan_sim");
  for (const value of ["cosine", 1, null]) assertThrows(() => PAIR_SIMILARITY.parse(value));
});
