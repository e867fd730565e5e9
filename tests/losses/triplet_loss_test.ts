import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { TripletLoss } from "../../src/losses/triplet_loss.ts";
import { tripletLoss } from "../reference/losses/triplet_loss.ts";
import {
  assertEdges,
  assertLosses,
  assertRefuses,
  facts,
  measureErrors,
  toleranceOf,
} from "../support/loss_cases.ts";

const CASES = [
  { B: 1, C: 8, metric: "EUCLIDEAN", triplet_margin: 5 },
  { B: 33, C: 24, metric: "EUCLIDEAN", triplet_margin: 0 },
  { B: 65, C: 132, metric: "EUCLIDEAN", triplet_margin: 5 },
  { B: 12, C: 16, metric: "COSINE", triplet_margin: 0.2 },
  { B: 12, C: 16, metric: "MANHATTAN", triplet_margin: 5 },
];

Deno.test("TripletLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses(CASES.map(({ B, C, metric, triplet_margin }) => {
    const distance_metric = `TripletDistanceMetric.${metric}`;
    return {
      loss: new TripletLoss({ distance_metric, triplet_margin }),
      B,
      C,
      columns: 3,
      labels: [],
      reference: (batch) => tripletLoss(batch, { distance_metric, triplet_margin }),
      // An anchor has a gradient of two distances.
      tolerance: toleranceOf(measureErrors(distance_metric, C), C, {
        loss: (error) => 2 * error,
        steepest: 2 / B,
        bend: () => 0,
      }),
    };
  }));
  assertEquals(seen, 10);
});

Deno.test("TripletLoss of one row, equal texts and zeros is finite; of not-a-number it is not a number", async () => {
  for (const distance_metric of ["EUCLIDEAN", "COSINE", "MANHATTAN"]) {
    await assertEdges(new TripletLoss({ distance_metric }), 3, [[0], [0, 0, 0]]);
  }
});

Deno.test("TripletLoss has the name and the options of upstream", () => {
  const loss = new TripletLoss();
  assertEquals(loss.name, "TripletLoss");
  assertEquals(loss.config, {
    distance_metric: "TripletDistanceMetric.EUCLIDEAN",
    triplet_margin: 5,
  });
  assertEquals(loss.citation.startsWith("@misc{hermans2017defense,"), true);
  for (const options of [{ distance_metric: "DOT" }, { triplet_margin: -1 }, { margin: 1 }]) {
    assertThrows(() => new TripletLoss(options), UsageError, "Cannot set up TripletLoss: ");
  }
});

Deno.test("TripletLoss wants three columns and no labels", () => {
  const loss = new TripletLoss();
  loss.checkColumns(["a", "p", "n"], null);
  loss.checkColumns(["a", "p", "n"], facts({ width: 7 }));
  assertRefuses(loss, [
    [["a", "p"], null, 'as text columns "a", "p", wanted anchor, positive and negative'],
    [["a", "p", "n", "m"], null, 'as text columns "a", "p", "n", "m", wanted anchor'],
    [[], null, "as text columns none, wanted anchor"],
  ]);
});
