import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { MarginMSELoss, type MarginMSELossOptions } from "../../src/losses/margin_mse_loss.ts";
import { marginMseLoss } from "../reference/losses/margin_mse_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

// n negatives, W labels.
const CASES = [
  { B: 1, C: 4, n: 1, W: 1, similarity_fct: "dot_score" },
  { B: 33, C: 20, n: 1, W: 2, similarity_fct: "dot_score" },
  { B: 9, C: 12, n: 3, W: 3, similarity_fct: "cos_sim" },
  { B: 9, C: 12, n: 3, W: 4, similarity_fct: "euclidean_sim" },
] as const;

Deno.test("MarginMSELoss equals its reference, for margins and for scores", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { B, C, n, W, similarity_fct } of CASES) {
      const embeddings = normalValues((n + 2) * B * C, 1, { deviation: C ** -0.25 });
      const labels = normalValues(B * W, 2);
      const { y, gradients } = await runLoss(gpu, new MarginMSELoss({ similarity_fct }), {
        B,
        C,
        inputs: { embeddings },
        labels,
      });
      const expected = marginMseLoss({ embeddings, B, C, similarity: similarity_fct }, labels);
      const name = { op: "MarginMSELoss", case: JSON.stringify({ B, C, n, W, similarity_fct }) };
      // Scores of about 1 with a sum of magnitudes of sqrt(C); errors of margins of up to 15.
      const rounding = Math.sqrt(C) * floatTolerance(C + 8);
      assertClose(y, [expected.loss], { ...name, absolute: 2 * 15 * rounding, relative: 0 });
      assertClose(gradients.embeddings, expected.dEmbeddings, {
        ...name,
        absolute: 2 * 15 * 5 * rounding / B,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("MarginMSELoss of equal labels, of zero vectors and of a NaN", async () => {
  const run = async (first: number) =>
    await runLoss(await testGpu(), new MarginMSELoss({ similarity_fct: "cos_sim" }), {
      B: 2,
      C: 4,
      inputs: { embeddings: new Float64Array(24).fill(first, 0, 1) },
      labels: [0.5, 0.5],
    });
  const zero = await run(0);
  assertEquals([...zero.y], [0.25]);
  assert(zero.gradients.embeddings.every(Number.isFinite));
  assertEquals([...(await run(NaN)).y], [NaN]);
});

Deno.test("MarginMSELoss stays finite for scores of +-80 and more", async () => {
  const { y } = await runLoss(await testGpu(), new MarginMSELoss(), {
    B: 1,
    C: 4,
    inputs: { embeddings: Float64Array.of(40, 0, 0, 0, 50, 0, 0, 0, -50, 0, 0, 0) },
    labels: [0],
  });
  assertEquals([...y], [16e6]);
});

Deno.test("MarginMSELoss has the name and the options of upstream", () => {
  const loss = new MarginMSELoss();
  assertEquals([loss.name, loss.smoothsLabels], ["MarginMSELoss", false]);
  assertEquals(loss.config, { similarity_fct: "dot_score" });
  assert(loss.citation.startsWith("@misc{hofstätter2021improving,"));
  const create = (options: unknown) => new MarginMSELoss(options as MarginMSELossOptions);
  assertEquals(create({ similarity_fct: "pairwise_cos_sim" }).config.similarity_fct, "cos_sim");
  assertThrows(() => create({ similarity_fct: "x" }), UsageError, 'similarity_fct is "x"');
  assertThrows(() => create({ scale: 1 }), UsageError, 'it has no option "scale"');
});

Deno.test("MarginMSELoss wants a query, documents, and margins or scores", () => {
  const loss = new MarginMSELoss();
  const facts = { width: 2, minimum: -1, maximum: 1, isWhole: false };
  loss.checkColumns(["q", "p", "n"], { ...facts, width: 1 });
  loss.checkColumns(["q", "p", "n"], facts);
  loss.checkColumns(["q", "p", "n", "m"], facts);
  assertThrows(
    () => loss.checkColumns(["q", "p"], facts),
    UsageError,
    'found as text columns "q", "p", wanted query, positive and at least one negative',
  );
  for (const labels of [null, { ...facts, width: 3 }]) {
    assertThrows(
      () => loss.checkColumns(["q", "p", "n"], labels),
      UsageError,
      "lists of differences between positive scores and negatives scores (length 1), or 2) lists of positive and negative scores (length 2)",
    );
  }
});
