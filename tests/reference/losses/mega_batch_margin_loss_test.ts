import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { megaBatchMarginLoss } from "./mega_batch_margin_loss.ts";

Deno.test("megaBatchMarginLoss measures cosines", () => {
  // Cosines with the own positive and the other: 0.6 and 1 of anchor 0, 0 and 0.8 of anchor 1.
  const embeddings = Float64Array.of(2, 0, 0, 5, 3, 4, 7, 0);
  const { loss } = megaBatchMarginLoss({ embeddings, C: 2 });
  const expected = (0.2 + 0.7 + 0.8 + 0.5) / 2;
  assertClose([loss], [expected], { op: "loss", absolute: 1e-15, relative: 0 });
});

Deno.test("megaBatchMarginLoss agrees with central differences", () => {
  const C = 4;
  const embeddings = normalValues(2 * 6 * C, 1);
  gradientCheck(
    (x) => megaBatchMarginLoss({ embeddings: x, C }).loss,
    embeddings,
    megaBatchMarginLoss({ embeddings, C }).gradient,
  );
});
