import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { gradientCheck } from "../support/gradient_check.ts";
import { megaBatchMargin } from "./mega_batch_margin.ts";
import { normalValues } from "./random_values.ts";

Deno.test("megaBatchMargin asks positives for one margin and the nearest negatives for another", () => {
  const { loss, dAnchors, dPositives } = megaBatchMargin({
    anchors: Float64Array.of(1, 0, 0, 1, 1, 0),
    positives: Float64Array.of(0.5, 0, 0.75, 0.875, 0.75, 0),
    C: 2,
    positiveMargin: 0.75,
    negativeMargin: 0.25,
  });
  // Anchor 0 lacks 1/4 and is 1/2 too near to positive 1, the first of two; 1 is content; 2 is 1/2 too near.
  assertClose([loss], [(0.25 + 0.5 + 0.5) / 3], { op: "loss", absolute: 0, relative: 1e-15 });
  const third = 1 / 3;
  const close = { absolute: 1e-15, relative: 0 };
  const toAnchors = [third * 0.25, third * 0.875, 0, 0, third * 0.75, third * 0.875];
  assertClose(dAnchors, toAnchors, { op: "dAnchors", ...close });
  assertClose(dPositives, [-third, 0, 2 * third, 0, 0, 0], { op: "dPositives", ...close });
});

Deno.test("megaBatchMargin of one pair has no negative", () => {
  const input = { anchors: Float64Array.of(0.25), positives: Float64Array.of(1), C: 1 };
  const { loss } = megaBatchMargin({ ...input, positiveMargin: 1, negativeMargin: 0 });
  assertEquals(loss, 0.75);
});

Deno.test("megaBatchMargin agrees with central differences", () => {
  const [B, C] = [6, 5];
  const input = {
    anchors: normalValues(B * C, 1),
    positives: normalValues(B * C, 2),
    C,
    positiveMargin: 0.8,
    negativeMargin: 0.3,
  };
  const { dAnchors, dPositives } = megaBatchMargin(input);
  const loss = (changed: object) => megaBatchMargin({ ...input, ...changed }).loss;
  gradientCheck((anchors) => loss({ anchors }), input.anchors, dAnchors);
  gradientCheck((positives) => loss({ positives }), input.positives, dPositives);
});
