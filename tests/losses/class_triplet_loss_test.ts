import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { BatchAllTripletLoss } from "../../src/losses/batch_all_triplet_loss.ts";
import { BatchHardSoftMarginTripletLoss } from "../../src/losses/batch_hard_soft_margin_triplet_loss.ts";
import { BatchHardTripletLoss } from "../../src/losses/batch_hard_triplet_loss.ts";
import { BatchSemiHardTripletLoss } from "../../src/losses/batch_semi_hard_triplet_loss.ts";
import { ClassTripletLoss } from "../../src/losses/class_triplet_loss.ts";
import { floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

class Example extends ClassTripletLoss {
  forward(): Tensor {
    throw new Error("not run");
  }
}

Deno.test("ClassTripletLoss has a margin or none", () => {
  const loss = new Example("Example", { distance_metric: "cosine_distance" }, true);
  assertEquals(loss.config, { distance_metric: "cosine_distance", margin: 5 });
  assertEquals(new Example("Example", {}, false).config, {
    distance_metric: "euclidean_distance",
  });
  assertThrows(
    () => new Example("Example", { margin: 5 }, false),
    UsageError,
    'Cannot set up Example: it has no option "margin"; its options are distance_metric',
  );
});

/** Three texts on a line, at 0, 3 and 4. */
async function onLine(loss: ClassTripletLoss, labels: number[]) {
  const embeddings = new Float64Array(12);
  embeddings.set([0, 0, 0, 0, 3, 0, 0, 0, 4]);
  const { y, gradients } = await runLoss(await testGpu(), loss, {
    B: 3,
    C: 4,
    inputs: { embeddings },
    labels,
  });
  const first = [0, 4, 8].map((i) => gradients.embeddings[i] + 0);
  return { loss: y[0], first };
}

Deno.test("losses over triplets of a batch are defined without negatives and without positives", async () => {
  const cases: [ClassTripletLoss, number[], number][] = [
    // A single class.
    [new BatchAllTripletLoss(), [1, 1, 1], 0],
    [new BatchHardTripletLoss(), [1, 1, 1], 5],
    [new BatchHardSoftMarginTripletLoss(), [1, 1, 1], Math.log(2)],
    // Distances 3, 4, 3, 1, 4, 1 and the margin.
    [new BatchSemiHardTripletLoss(), [1, 1, 1], 16 / 6 + 5],
    // A class for each: nearest negatives at 3, 1 and 1.
    [new BatchAllTripletLoss(), [1, 2, 3], 0],
    [new BatchHardTripletLoss(), [1, 2, 3], (2 + 4 + 4) / 3],
    [
      new BatchHardSoftMarginTripletLoss(),
      [1, 2, 3],
      (Math.log1p(Math.exp(-3)) + 2 * Math.log1p(Math.exp(-1))) / 3,
    ],
    [new BatchSemiHardTripletLoss(), [1, 2, 3], 0],
  ];
  for (const [loss, labels, expected] of cases) {
    const found = await onLine(loss, labels);
    const name = `${loss.name} of ${labels}: ${found.loss}`;
    assertEquals(Math.abs(found.loss - expected) <= 16 * floatTolerance(3), true, name);
    const moves = loss.name === "BatchSemiHardTripletLoss"
      ? labels[1] === 1
      : labels[1] === 2 && !loss.name.startsWith("BatchAll");
    assertEquals(found.first.some((value) => value !== 0), moves, name);
  }
});
