import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { CoSENTLoss } from "../../src/losses/cosent_loss.ts";
import { cosentLoss } from "../reference/losses/cosent_loss.ts";
import { integerValues } from "../reference/random_values.ts";
import { floatTolerance } from "../support/assert_close.ts";
import {
  assertEdges,
  assertLosses,
  assertRefuses,
  assertWantsLabels,
  facts,
  measureErrors,
  toleranceOf,
} from "../support/loss_cases.ts";

const CASES = [
  { B: 1, C: 8, scale: 20, similarity_fct: "pairwise_cos_sim" },
  { B: 33, C: 24, scale: 20, similarity_fct: "pairwise_cos_sim" },
  { B: 65, C: 16, scale: 1000, similarity_fct: "pairwise_cos_sim" },
  { B: 12, C: 16, scale: 0.1, similarity_fct: "pairwise_dot_score" },
  { B: 12, C: 16, scale: 2, similarity_fct: "pairwise_euclidean_sim" },
  { B: 12, C: 16, scale: 0.5, similarity_fct: "pairwise_manhattan_sim" },
  { B: 12, C: 16, scale: 20, similarity_fct: "pairwise_angle_sim" },
];

Deno.test("CoSENTLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses(CASES.map(({ B, C, scale, similarity_fct }) => {
    const errors = measureErrors(similarity_fct, C);
    // Exponents are differences of two scaled similarities; WGSL grants exp 3 + 2 |x| ulp.
    const exponent = (error: number) =>
      2 * scale * error + (3 + 4 * scale * errors.range) * 2 ** -23 + floatTolerance(B);
    return {
      loss: new CoSENTLoss({ scale, similarity_fct }),
      B,
      C,
      columns: 2,
      labels: [...integerValues(B, 3, 5)].map((level) => level / 5),
      reference: (batch) => cosentLoss(batch, { scale, similarity_fct }),
      tolerance: toleranceOf(errors, C, {
        loss: exponent,
        steepest: scale,
        bend: (error) => scale * exponent(error),
      }),
    };
  }));
  assertEquals(seen, 14);
});

Deno.test("CoSENTLoss of one row, equal labels, zeros and large scales is finite; of not-a-number it is not a number", async () => {
  for (const scale of [20, 1000]) {
    await assertEdges(new CoSENTLoss({ scale }), 2, [[1], [0.5, 0.5, 0.5], [0.1, 0.7, 0.3]]);
  }
});

Deno.test("CoSENTLoss has the name and the options of upstream", () => {
  const loss = new CoSENTLoss();
  assertEquals(loss.name, "CoSENTLoss");
  assertEquals(loss.config, { scale: 20, similarity_fct: "pairwise_cos_sim" });
  assertEquals(loss.citation.startsWith("@article{10531646,"), true);
  assertEquals(loss.smoothsLabels, false);
  const short = new CoSENTLoss({ similarity_fct: "dot_score" });
  assertEquals(short.config.similarity_fct, "pairwise_dot_score");
  for (
    const options of [{ scale: 0 }, { scale: NaN }, { similarity_fct: "cosine" }, { margin: 1 }]
  ) {
    assertThrows(() => new CoSENTLoss(options), UsageError, "Cannot set up CoSENTLoss: ");
  }
});

Deno.test("CoSENTLoss wants pairs and one number a row", async () => {
  const loss = new CoSENTLoss();
  loss.checkColumns(["a", "b"], facts({ maximum: 5, isWhole: false }));
  assertRefuses(loss, [
    [["a"], facts(), 'as text columns "a", wanted the two texts of a pair'],
    [["a", "b", "c"], facts(), 'as text columns "a", "b", "c", wanted'],
    [["a", "b"], null, "no labels, wanted one number a row"],
    [["a", "b"], facts({ width: 3 }), "labels of 3 numbers, wanted one number a row"],
  ]);
  await assertWantsLabels(loss, 2);
});
