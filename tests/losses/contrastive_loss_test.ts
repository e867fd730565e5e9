import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ContrastiveLoss } from "../../src/losses/contrastive_loss.ts";
import { contrastiveLoss } from "../reference/losses/contrastive_loss.ts";
import { integerValues } from "../reference/random_values.ts";
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
  { B: 1, C: 8, metric: "COSINE_DISTANCE", margin: 0.5, size_average: true },
  { B: 33, C: 24, metric: "COSINE_DISTANCE", margin: 1.2, size_average: true },
  { B: 65, C: 132, metric: "COSINE_DISTANCE", margin: 1.2, size_average: false },
  { B: 12, C: 16, metric: "EUCLIDEAN", margin: 6, size_average: true },
  { B: 12, C: 16, metric: "MANHATTAN", margin: 20, size_average: false },
];

Deno.test("ContrastiveLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses(CASES.map(({ B, C, metric, margin, size_average }) => {
    const distance_metric = `SiameseDistanceMetric.${metric}`;
    const errors = measureErrors(distance_metric, C);
    const weight = size_average ? 1 / B : 1;
    return {
      loss: new ContrastiveLoss({ distance_metric, margin, size_average }),
      B,
      C,
      columns: 2,
      // Positives, negatives, and halves of both.
      labels: [...integerValues(B, 3, 3)].map((label) => label / 2),
      reference: (batch) => contrastiveLoss(batch, { distance_metric, margin, size_average }),
      // Distances and what they lack of the margin are at most the range.
      tolerance: toleranceOf(errors, C, {
        loss: (error) => weight * B * errors.range * error,
        steepest: weight * errors.range,
        bend: (error) => weight * error,
      }),
    };
  }));
  assertEquals(seen, 10);
});

Deno.test("ContrastiveLoss of one row, equal labels and zeros is finite; of not-a-number it is not a number", async () => {
  for (const distance_metric of ["COSINE_DISTANCE", "EUCLIDEAN", "MANHATTAN"]) {
    await assertEdges(new ContrastiveLoss({ distance_metric }), 2, [[0], [1, 1, 1], [0, 1, 0.5]]);
  }
});

Deno.test("ContrastiveLoss has the name and the options of upstream", () => {
  const loss = new ContrastiveLoss();
  assertEquals(loss.name, "ContrastiveLoss");
  assertEquals(loss.config, {
    distance_metric: "SiameseDistanceMetric.COSINE_DISTANCE",
    margin: 0.5,
    size_average: true,
  });
  assertEquals(loss.citation.startsWith("@inproceedings{hadsell2006dimensionality,"), true);
  for (const options of [{ distance_metric: "COSINE" }, { margin: -1 }, { size_averages: true }]) {
    assertThrows(() => new ContrastiveLoss(options), UsageError, "Cannot set up ContrastiveLoss: ");
  }
});

Deno.test("ContrastiveLoss wants pairs and labels from 0 to 1", async () => {
  const loss = new ContrastiveLoss();
  loss.checkColumns(["a", "b"], facts({ isWhole: false }));
  assertRefuses(loss, [
    [["a", "b", "c"], facts(), 'as text columns "a", "b", "c", wanted the two texts of a pair'],
    [["a", "b"], null, "no labels, wanted 1 for a positive pair and 0 for a negative one"],
    [["a", "b"], facts({ width: 2 }), "labels of 2 numbers"],
    [["a", "b"], facts({ minimum: -1 }), "labels from -1 to 1, wanted 1 for a positive pair"],
  ]);
  await assertWantsLabels(loss, 2);
});
