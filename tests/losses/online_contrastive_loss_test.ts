import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { OnlineContrastiveLoss } from "../../src/losses/online_contrastive_loss.ts";
import { onlineContrastiveLoss } from "../reference/losses/online_contrastive_loss.ts";
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
  { labels: [1], C: 8, metric: "COSINE_DISTANCE", margin: 0.5 },
  { labels: [1, 0, 0, 0], C: 8, metric: "COSINE_DISTANCE", margin: 1.5 },
  { labels: [0, 1, 1, 1], C: 8, metric: "COSINE_DISTANCE", margin: 1.5 },
  { labels: [...integerValues(33, 3, 2)], C: 24, metric: "COSINE_DISTANCE", margin: 1.2 },
  { labels: [...integerValues(65, 3, 2)], C: 16, metric: "EUCLIDEAN", margin: 6 },
  { labels: [...integerValues(12, 3, 2)], C: 16, metric: "MANHATTAN", margin: 20 },
];

Deno.test("OnlineContrastiveLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses(CASES.map(({ labels, C, metric, margin }) => {
    const distance_metric = `SiameseDistanceMetric.${metric}`;
    const errors = measureErrors(distance_metric, C);
    return {
      loss: new OnlineContrastiveLoss({ distance_metric, margin }),
      B: labels.length,
      C,
      columns: 2,
      labels,
      reference: (batch) => onlineContrastiveLoss(batch, { distance_metric, margin }),
      tolerance: toleranceOf(errors, C, {
        loss: (error) => 2 * labels.length * errors.range * error,
        steepest: 2 * errors.range,
        bend: (error) => 2 * error,
      }),
    };
  }));
  assertEquals(seen, 12);
});

Deno.test("OnlineContrastiveLoss of one row, one kind and zeros is finite; of not-a-number it is not a number", async () => {
  for (const distance_metric of ["COSINE_DISTANCE", "EUCLIDEAN"]) {
    const loss = new OnlineContrastiveLoss({ distance_metric });
    await assertEdges(loss, 2, [[0], [1, 1, 1], [0, 0, 0], [0, 1, 0]]);
  }
});

Deno.test("OnlineContrastiveLoss has the name and the options of upstream", () => {
  const loss = new OnlineContrastiveLoss();
  assertEquals(loss.name, "OnlineContrastiveLoss");
  assertEquals(loss.config, {
    distance_metric: "SiameseDistanceMetric.COSINE_DISTANCE",
    margin: 0.5,
  });
  assertEquals(loss.citation, null);
  for (const options of [{ distance_metric: "COSINE" }, { margin: -1 }, { size_average: true }]) {
    assertThrows(
      () => new OnlineContrastiveLoss(options),
      UsageError,
      "Cannot set up OnlineContrastiveLoss: ",
    );
  }
});

Deno.test("OnlineContrastiveLoss wants pairs and labels of 0 or 1", async () => {
  const loss = new OnlineContrastiveLoss();
  loss.checkColumns(["a", "b"], facts());
  assertRefuses(loss, [
    [["a"], facts(), 'as text columns "a", wanted the two texts of a pair'],
    [["a", "b"], null, "no labels, wanted 1 for a positive pair and 0 for a negative one"],
    [["a", "b"], facts({ width: 2 }), "labels of 2 numbers"],
    [["a", "b"], facts({ maximum: 2 }), "labels from 0 to 2"],
    [["a", "b"], facts({ isWhole: false }), "labels that are not whole numbers, wanted 1 for"],
  ]);
  await assertWantsLabels(loss, 2);
});
