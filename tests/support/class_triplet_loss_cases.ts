/**
 * What the tests of the losses over triplets of classes have in common.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import type {
  ClassTripletLoss,
  ClassTripletLossOptions,
} from "../../src/losses/class_triplet_loss.ts";
import type { ReferenceBatch, ReferenceLoss } from "../reference/losses/compared.ts";
import { integerValues } from "../reference/random_values.ts";
import {
  assertEdges,
  assertLosses,
  assertRefuses,
  assertWantsLabels,
  classTolerance,
  facts,
} from "./loss_cases.ts";

/** A batch of one column, and the options of the loss. */
export interface ClassTripletCase {
  B: number;
  C: number;
  classes: number;
  distance_metric: string;
  margin?: number;
}

/** A loss over triplets of classes, and what is expected of it. */
export interface ClassTripletExpectations<Options> {
  name: string;
  make: new (options?: Options) => ClassTripletLoss;
  cases: readonly (ClassTripletCase & Options)[];
  reference: (batch: ReferenceBatch, options: Options) => ReferenceLoss;
  /** How much one distance counts in a batch of B rows. */
  weight: (B: number) => number;
  /** Its options where none are given. */
  defaults: Readonly<Record<string, unknown>>;
  /** Options that have no sense. */
  wrong: readonly Readonly<Record<string, unknown>>[];
}

/** Registers the tests of such a loss. */
export function testClassTripletLoss<Options extends ClassTripletLossOptions>(
  expected: ClassTripletExpectations<Options>,
): void {
  const { name, make: Loss, reference } = expected;

  Deno.test(`${name} equals its reference, forward and backward`, async () => {
    const seen = await assertLosses(expected.cases.map(({ B, C, classes, ...rest }) => {
      const options = rest as unknown as Options;
      return {
        loss: new Loss(options),
        B,
        C,
        columns: 1,
        labels: [...integerValues(B, 3, classes)],
        reference: (batch) => reference(batch, options),
        tolerance: classTolerance({
          B,
          C,
          metric: rest.distance_metric,
          weight: expected.weight(B),
        }),
      };
    }));
    assertEquals(seen, 10);
  });

  Deno.test(`${name} of one row, one class, classes of one and zeros is finite; of not-a-number it is not a number`, async () => {
    for (const distance_metric of ["euclidean_distance", "cosine_distance"]) {
      const loss = new Loss({ distance_metric } as Options);
      await assertEdges(loss, 1, [[3], [1, 1, 1], [0, -1, 2], [0, 1, 0, 1]]);
    }
  });

  Deno.test(`${name} has the name and the options of upstream`, () => {
    const loss = new Loss();
    assertEquals(loss.name, name);
    assertEquals(loss.config, expected.defaults);
    assertEquals(loss.citation.startsWith("@misc{hermans2017defense,"), true);
    assertEquals(loss.smoothsLabels, false);
    const old = new Loss({ distance_metric: "eucledian_distance" } as Options);
    assertEquals(old.config, loss.config);
    for (const options of expected.wrong) {
      assertThrows(() => new Loss(options as Options), UsageError, `Cannot set up ${name}: `);
    }
  });

  Deno.test(`${name} wants one column and classes`, async () => {
    const loss = new Loss();
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
}
