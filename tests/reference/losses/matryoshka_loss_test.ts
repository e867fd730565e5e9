import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { matryoshkaLoss } from "./matryoshka_loss.ts";
import { mseLoss } from "./mse_loss.ts";

const TARGETS = normalValues(12, 2);

Deno.test("matryoshkaLoss is the inner loss of shortened embeddings of unit length", () => {
  const { loss } = matryoshkaLoss(Float64Array.of(3, 4, 12, 84), {
    C: 4,
    dims: [4, 2],
    weights: [10, 1],
    // The first number is 3 / 85 of four, 3 / 5 of two.
    inner: (x) => ({ loss: x[0], dEmbeddings: x }),
  });
  assertClose([loss], [10 * 3 / 85 + 0.6], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("matryoshkaLoss's gradient agrees with central differences", () => {
  const embeddings = normalValues(12, 1);
  const options = {
    C: 4,
    dims: [4, 3, 1],
    weights: [1, 0.5, 2],
    inner: (x: Float64Array) => mseLoss(x, TARGETS.subarray(0, x.length)),
  };
  gradientCheck(
    (moved) => matryoshkaLoss(moved, options).loss,
    embeddings,
    matryoshkaLoss(embeddings, options).dEmbeddings,
  );
});
