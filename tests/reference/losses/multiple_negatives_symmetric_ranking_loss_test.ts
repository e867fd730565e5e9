import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { multipleNegativesRankingLoss } from "./multiple_negatives_ranking_loss.ts";
import { multipleNegativesSymmetricRankingLoss } from "./multiple_negatives_symmetric_ranking_loss.ts";

const [B, C] = [3, 4];

for (const columns of [2, 3]) {
  Deno.test(`multipleNegativesSymmetricRankingLoss is the ranking loss of two directions, ${columns} columns`, () => {
    const embeddings = normalValues(columns * B * C, 1);
    const { loss, gradient } = multipleNegativesSymmetricRankingLoss({ embeddings, B, C });
    const expected = multipleNegativesRankingLoss({
      embeddings,
      B,
      C,
      directions: ["query_to_doc", "doc_to_query"],
      partition_mode: "per_direction",
    });
    const close = { absolute: 1e-13, relative: 1e-13 };
    assertClose([loss], [expected.loss], { op: "loss", ...close });
    assertClose(gradient, expected.gradient, { op: "gradient", ...close });
  });

  Deno.test(`multipleNegativesSymmetricRankingLoss agrees with central differences, ${columns} columns`, () => {
    const input = { embeddings: normalValues(columns * B * C, 1), B, C, scale: 2 };
    gradientCheck(
      (embeddings) => multipleNegativesSymmetricRankingLoss({ ...input, embeddings }).loss,
      input.embeddings,
      multipleNegativesSymmetricRankingLoss(input).gradient,
    );
  });
}
