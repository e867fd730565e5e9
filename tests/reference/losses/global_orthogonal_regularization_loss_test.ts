import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { spreadLoss } from "./global_orthogonal_regularization_loss.ts";

Deno.test("spreadLoss squares the mean cosine, and lets second moments up to 1 / C be", () => {
  // Cosines of the first column are 0.6, of the second 0; C is 2.
  const embeddings = Float64Array.of(2, 0, 3, 4, 1, 0, 0, 5);
  const input = { embeddings, B: 2, C: 2, cosine: true };
  const close = { absolute: 1e-16, relative: 1e-14 };
  const value = (sum: boolean, term: "mean" | "second moment", scale: number) =>
    spreadLoss(
      { ...input, sum, embeddings: embeddings.map((v, i) => i === 0 ? v * scale : v) },
      term,
    ).loss;
  assertClose([value(true, "mean", 1)], [0.36], { op: "sum", ...close });
  assertClose([value(false, "mean", 7)], [0.18], { op: "mean", ...close });
  assertClose([value(true, "second moment", 1)], [0], { op: "second moment", ...close });
});

for (const term of ["mean", "second moment"] as const) {
  for (const [cosine, sum] of [[true, false], [false, true]]) {
    Deno.test(`spreadLoss's gradient agrees with central differences, ${term}, ${cosine}`, () => {
      const embeddings = normalValues(2 * 4 * 3, 1).map((value) => value + 0.5);
      const input = { B: 4, C: 3, cosine, sum };
      gradientCheck(
        (moved) => spreadLoss({ ...input, embeddings: moved }, term).loss,
        embeddings,
        spreadLoss({ ...input, embeddings }, term).dEmbeddings,
      );
    });
  }
}
