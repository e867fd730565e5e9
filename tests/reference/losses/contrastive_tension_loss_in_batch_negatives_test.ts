import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { batchTensionLoss } from "./contrastive_tension_loss_in_batch_negatives.ts";

Deno.test("batchTensionLoss is the mean of both directions' cross entropies", () => {
  // Scores are [2 ln 2, 0] and [2 ln 2, 2 ln 3].
  const { loss } = batchTensionLoss({
    embeddings: Float64Array.of(Math.log(2), 0, 0, Math.log(3)),
    twin: Float64Array.of(1, 0, 1, 1),
    logScale: Math.log(2),
    C: 2,
    cosine: false,
  });
  const rows = (Math.log(5 / 4) + Math.log(13 / 9)) / 2;
  const columns = (Math.log(8 / 4) + Math.log(10 / 9)) / 2;
  assertClose([loss], [(rows + columns) / 2], { op: "loss", absolute: 0, relative: 1e-14 });
});

for (const cosine of [true, false]) {
  for (const labelSmoothing of [0, 0.2]) {
    Deno.test(`batchTensionLoss's gradients agree with central differences, ${cosine}, ${labelSmoothing}`, () => {
      const [embeddings, twin] = [normalValues(16, 1), normalValues(16, 2)];
      const input = { embeddings, twin, logScale: 0.7, C: 4, cosine, labelSmoothing };
      const { dEmbeddings, dTwin, dLogScale } = batchTensionLoss(input);
      gradientCheck(
        (moved) => batchTensionLoss({ ...input, embeddings: moved }).loss,
        embeddings,
        dEmbeddings,
      );
      gradientCheck((moved) => batchTensionLoss({ ...input, twin: moved }).loss, twin, dTwin);
      gradientCheck(
        ([logScale]) => batchTensionLoss({ ...input, logScale }).loss,
        Float64Array.of(input.logScale),
        Float64Array.of(dLogScale),
      );
    });
  }
}
