import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { contrastiveTensionLoss } from "./contrastive_tension_loss.ts";

Deno.test("contrastiveTensionLoss compares the copy's first column with the model's second", () => {
  const { loss } = contrastiveTensionLoss({
    embeddings: Float64Array.of(9, 9, Math.log(3), 1),
    twin: Float64Array.of(1, 0, 9, 9),
    labels: Float64Array.of(1, 0),
    C: 1,
  });
  const expected = Math.log(4 / 3) + Math.log(2);
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("contrastiveTensionLoss's gradients agree with central differences", () => {
  const [embeddings, twin] = [normalValues(24, 1), normalValues(24, 2)];
  const input = { embeddings, twin, labels: Float64Array.of(1, 0, 0), C: 4 };
  const { dEmbeddings, dTwin } = contrastiveTensionLoss(input);
  gradientCheck(
    (moved) => contrastiveTensionLoss({ ...input, embeddings: moved }).loss,
    embeddings,
    dEmbeddings,
  );
  gradientCheck((moved) => contrastiveTensionLoss({ ...input, twin: moved }).loss, twin, dTwin);
});
