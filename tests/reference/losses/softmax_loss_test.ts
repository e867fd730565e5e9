import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { softmaxLoss } from "./softmax_loss.ts";

Deno.test("softmaxLoss is log K where the classifier is zero", () => {
  const { loss } = softmaxLoss({
    embeddings: normalValues(16, 1),
    labels: [0, 2],
    weight: new Float64Array(36),
    bias: new Float64Array(3),
    C: 4,
    both: true,
    difference: true,
    product: false,
  });
  assertClose([loss], [Math.log(3)], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("softmaxLoss's gradients agree with central differences", () => {
  const input = {
    embeddings: normalValues(2 * 3 * 4, 1),
    weight: normalValues(3 * 16, 2),
    bias: normalValues(3, 3),
    labels: [2, 0, 0],
    C: 4,
    both: true,
    difference: true,
    product: true,
    labelSmoothing: 0.2,
  };
  const { dEmbeddings, dWeight, dBias } = softmaxLoss(input);
  const gradients = { embeddings: dEmbeddings, weight: dWeight, bias: dBias };
  for (const name of ["embeddings", "weight", "bias"] as const) {
    gradientCheck(
      (moved) => softmaxLoss({ ...input, [name]: moved }).loss,
      input[name],
      gradients[name],
    );
  }
});
