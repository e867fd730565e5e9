import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { BatchHardTripletLoss } from "../../src/losses/batch_hard_triplet_loss.ts";
import { batchHardTripletLoss } from "../reference/losses/batch_hard_triplet_loss.ts";
import { integerValues } from "../reference/random_values.ts";
import {
  assertEdges,
  assertLosses,
  assertRefuses,
  assertWantsLabels,
  classTolerance,
  facts,
} from "../support/loss_cases.ts";

const CASES = [
  { B: 1, C: 8, classes: 1, distance_metric: "euclidean_distance", margin: 5 },
  { B: 33, C: 24, classes: 4, distance_metric: "euclidean_distance", margin: 0 },
  { B: 66, C: 16, classes: 20, distance_metric: "euclidean_distance", margin: 5 },
  { B: 24, C: 16, classes: 1, distance_metric: "euclidean_distance", margin: 0.5 },
  { B: 20, C: 16, classes: 3, distance_metric: "cosine_distance", margin: 0.2 },
];

Deno.test("BatchHardTripletLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses(CASES.map(({ B, C, classes, ...options }) => {
    const labels = [...integerValues(B, 3, classes)];
    return {
      loss: new BatchHardTripletLoss(options),
      B,
      C,
      columns: 1,
      labels,
      reference: (batch) => batchHardTripletLoss(batch, options),
      tolerance: classTolerance({ B, C, metric: options.distance_metric, weight: 4 / B }),
    };
  }));
  assertEquals(seen, 10);
});

Deno.test("BatchHardTripletLoss of one row, one class, classes of one and zeros is finite; of not-a-number it is not a number", async () => {
  for (const distance_metric of ["euclidean_distance", "cosine_distance"]) {
    const loss = new BatchHardTripletLoss({ distance_metric });
    await assertEdges(loss, 1, [[3], [1, 1, 1], [0, -1, 2], [0, 1, 0, 1]]);
  }
});

Deno.test("BatchHardTripletLoss has the name and the options of upstream", () => {
  const loss = new BatchHardTripletLoss();
  assertEquals(loss.name, "BatchHardTripletLoss");
  assertEquals(loss.config, { distance_metric: "euclidean_distance", margin: 5 });
  assertEquals(loss.citation.startsWith("@misc{hermans2017defense,"), true);
  assertEquals(loss.smoothsLabels, false);
  const old = new BatchHardTripletLoss({ distance_metric: "eucledian_distance" });
  assertEquals(old.config, loss.config);
  for (const options of [{ distance_metric: "cosine" }, { margin: -1 }, { triplet_margin: 1 }]) {
    assertThrows(
      () => new BatchHardTripletLoss(options),
      UsageError,
      "Cannot set up BatchHardTripletLoss: ",
    );
  }
});

Deno.test("BatchHardTripletLoss wants one column and classes", async () => {
  const loss = new BatchHardTripletLoss();
  loss.checkColumns(["text"], facts({ minimum: -3, maximum: 100 }));
  assertRefuses(loss, [
    [["a", "b"], facts(), 'as text columns "a", "b", wanted exactly one text column'],
    [["a"], null, "no labels, wanted one class a row, a whole number"],
    [["a"], facts({ width: 2 }), "labels of 2 numbers, wanted one class a row"],
    [["a"], facts({ isWhole: false }), "labels that are not whole numbers, wanted one class"],
    [["a"], facts({ maximum: 2 ** 25 }), "labels from 0 to 33554432, wanted one class a row"],
  ]);
  await assertWantsLabels(loss, 1);
});
