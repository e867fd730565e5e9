import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { embedDistillLoss } from "./embed_distill_loss.ts";

Deno.test("embedDistillLoss is the mean distance of all rows", () => {
  const { loss } = embedDistillLoss({
    embeddings: Float64Array.of(3, 4, 0, 0),
    targets: Float64Array.of(0, 0),
    B: 1,
    C: 2,
    G: 2,
    metric: "l2",
  });
  assertEquals(loss, 2.5);
});

for (const metric of ["mse", "l2", "cosine"] as const) {
  Deno.test(`embedDistillLoss's gradients agree with central differences, ${metric}`, () => {
    const embeddings = normalValues(2 * 3 * 4, 1);
    const plain = { targets: normalValues(3 * 4, 2), B: 3, C: 4, G: 4, metric };
    gradientCheck(
      (moved) => embedDistillLoss({ ...plain, embeddings: moved }).loss,
      embeddings,
      embedDistillLoss({ ...plain, embeddings }).dEmbeddings,
    );
    const projection = { weight: normalValues(5 * 4, 3), bias: normalValues(5, 4) };
    const input = { ...plain, embeddings, targets: normalValues(3 * 5, 5), G: 5, projection };
    const { dEmbeddings, dWeight, dBias } = embedDistillLoss(input);
    gradientCheck(
      (moved) => embedDistillLoss({ ...input, embeddings: moved }).loss,
      embeddings,
      dEmbeddings,
    );
    gradientCheck(
      (weight) => embedDistillLoss({ ...input, projection: { ...projection, weight } }).loss,
      projection.weight,
      dWeight!,
    );
    gradientCheck(
      (bias) => embedDistillLoss({ ...input, projection: { ...projection, bias } }).loss,
      projection.bias,
      dBias!,
    );
  });
}
