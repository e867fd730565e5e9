import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { AnglELoss } from "../../src/losses/angle_loss.ts";
import { angleLoss } from "../reference/losses/angle_loss.ts";
import type { ReferenceBatch } from "../reference/losses/compared.ts";
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
  { B: 1, columns: 2, labelled: true },
  { B: 33, columns: 2, labelled: true },
  { B: 1, columns: 3, labelled: false },
  { B: 12, columns: 3, labelled: false },
  { B: 7, columns: 5, labelled: false },
  { B: 7, columns: 4, labelled: true },
];

Deno.test("AnglELoss equals its reference for pairs and for anchors with negatives", async () => {
  const [C, scale] = [24, 20];
  const seen = await assertLosses(CASES.map(({ B, columns, labelled }) => {
    const errors = measureErrors("angle", C);
    const pairs = B * (columns - 1);
    const exponent = (error: number) =>
      2 * scale * error + (3 + 4 * scale * errors.range) * 2 ** -23 + floatTolerance(pairs);
    return {
      loss: new AnglELoss({ scale }),
      B,
      C,
      columns,
      labels: labelled ? [...integerValues(B, 3, 5)].map((level) => level / 4) : [],
      reference: (batch: ReferenceBatch) =>
        angleLoss(labelled ? batch : { ...batch, labels: Array(B).fill(1) }, { scale }),
      // An anchor has a gradient of every pair.
      tolerance: toleranceOf(errors, C, {
        loss: exponent,
        steepest: scale * (columns - 1),
        bend: (error) => scale * (columns - 1) * exponent(error),
      }),
    };
  }));
  assertEquals(seen, 12);
});

Deno.test("AnglELoss of one row, equal labels and zeros is finite; of not-a-number it is not a number", async () => {
  await assertEdges(new AnglELoss(), 2, [[1], [0.5, 0.5], [0.1, 0.7, 0.3]]);
  await assertEdges(new AnglELoss({ scale: 1000 }), 3, [[1], [1, 1]]);
});

Deno.test("AnglELoss has the name and the options of upstream", () => {
  const loss = new AnglELoss();
  assertEquals(loss.name, "AnglELoss");
  assertEquals(loss.config, { scale: 20, similarity_fct: "pairwise_angle_sim" });
  assertEquals(loss.citation.startsWith("@inproceedings{li-li-2024-aoe,"), true);
  assertThrows(() => new AnglELoss({ scale: -1 }), UsageError, "Cannot set up AnglELoss: scale");
  assertThrows(
    () => new AnglELoss({ similarity_fct: "pairwise_cos_sim" } as object),
    UsageError,
    'Cannot set up AnglELoss: it has no option "similarity_fct"; its options are scale',
  );
});

Deno.test("AnglELoss wants labelled pairs, or more columns", async () => {
  const loss = new AnglELoss();
  loss.checkColumns(["a", "b"], facts());
  loss.checkColumns(["a", "p", "n"], null);
  loss.checkColumns(["a", "p", "n1", "n2"], facts());
  assertRefuses(loss, [
    [["a"], facts(), 'as text columns "a", wanted the two texts of a pair, or anchor'],
    [["a", "b"], null, "no labels (AnglELoss requires labels for datasets with pairs.), wanted"],
    [["a", "b"], facts({ width: 2 }), "labels of 2 numbers, wanted one number a row"],
    [["a", "p", "n"], facts({ width: 2 }), "labels of 2 numbers, wanted one number a row"],
  ]);
  await assertWantsLabels(loss, 2);
});
