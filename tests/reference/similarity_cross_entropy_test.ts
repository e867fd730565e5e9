import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "./similarity_cross_entropy.ts";

Deno.test("similarityCrossEntropy is the mean of -log softmax at the positives", () => {
  const { loss, logSumExp } = similarityCrossEntropy({
    anchors: Float64Array.of(Math.log(2), 0, 0, Math.log(3)),
    candidates: Float64Array.of(1, 0, 0, 1, 0, 0),
    C: 2,
    scale: 2,
  });
  // Scores are [ln 4, 0, 0] and [0, ln 9, 0].
  assertClose(logSumExp, [Math.log(6), Math.log(11)], {
    op: "logSumExp",
    absolute: 0,
    relative: 1e-15,
  });
  const expected = (Math.log(6 / 4) + Math.log(11 / 9)) / 2;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

Deno.test("similarityCrossEntropy is log M where nothing is similar to anything", () => {
  const zeros = new Float64Array(8);
  const { loss } = similarityCrossEntropy({ anchors: zeros, candidates: zeros, C: 2, scale: 20 });
  assertClose([loss], [Math.log(4)], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("similarityCrossEntropy stays finite for scores beyond the range of exp", () => {
  const anchors = Float64Array.of(1, -1);
  const { loss } = similarityCrossEntropy({ anchors, candidates: anchors, C: 1, scale: 5000 });
  assertEquals(loss, 0);
});

Deno.test("similarityCrossEntropy smoothed is a mix of -log softmax at the positive and at all", () => {
  const e = 0.3;
  const { loss } = similarityCrossEntropy({
    anchors: Float64Array.of(Math.log(4), 0),
    candidates: Float64Array.of(1, 0, 0, 1, 0, 0),
    C: 2,
    scale: 1,
    labelSmoothing: e,
  });
  // Scores are [ln 4, 0, 0], probabilities [4, 1, 1] / 6.
  const all = (Math.log(6 / 4) + Math.log(6) + Math.log(6)) / 3;
  const expected = (1 - e) * Math.log(6 / 4) + e * all;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

for (const [M, labelSmoothing] of [[4, 0], [7, 0], [4, 0.1], [7, 1]]) {
  Deno.test(`similarityCrossEntropyBackward agrees with central differences, 4 by ${M}, smoothed by ${labelSmoothing}`, () => {
    const C = 3;
    const input = {
      anchors: normalValues(4 * C, 1),
      candidates: normalValues(M * C, 2),
      C,
      scale: 1.5,
      labelSmoothing,
    };
    const dLoss = 0.7;
    const { dAnchors, dCandidates } = similarityCrossEntropyBackward(input, dLoss);
    gradientCheck(
      (anchors) => dLoss * similarityCrossEntropy({ ...input, anchors }).loss,
      input.anchors,
      dAnchors,
    );
    gradientCheck(
      (candidates) => dLoss * similarityCrossEntropy({ ...input, candidates }).loss,
      input.candidates,
      dCandidates,
    );
  });
}
