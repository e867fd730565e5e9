import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { distillKlDivLoss } from "./distill_kl_div_loss.ts";

Deno.test("distillKlDivLoss is a scaled mean of divergences", () => {
  // All scores are 0: the student's shares are halves.
  const batch = { embeddings: new Float64Array(6), B: 2, C: 1, similarity: "dot_score" } as const;
  const labels = Float64Array.of(Math.log(3), 0, 1, 1);
  const temperatures = { studentTemperature: 2, teacherTemperature: 1 };
  const { loss } = distillKlDivLoss(batch, { labels, ...temperatures });
  const expected = 4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)) / 2;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

Deno.test("distillKlDivLoss's gradient agrees with central differences", () => {
  const embeddings = normalValues(4 * 3 * 5, 1);
  const teacher = { labels: normalValues(9, 2), studentTemperature: 1.5, teacherTemperature: 0.5 };
  const batch = { B: 3, C: 5, similarity: "dot_score" } as const;
  gradientCheck(
    (moved) => distillKlDivLoss({ ...batch, embeddings: moved }, teacher).loss,
    embeddings,
    distillKlDivLoss({ ...batch, embeddings }, teacher).dEmbeddings,
  );
});
