import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { classCrossEntropy, classCrossEntropyBackward } from "./class_cross_entropy.ts";
import { normalValues } from "./random_values.ts";

Deno.test("classCrossEntropy is -log softmax at the label", () => {
  const logits = Float64Array.of(Math.log(1), Math.log(2), Math.log(5));
  const terms = classCrossEntropy({ logits, labels: [1], K: 3 });
  assertClose(terms, [Math.log(4)], { op: "terms", absolute: 0, relative: 1e-15 });
});

Deno.test("classCrossEntropy equals torch.nn.CrossEntropyLoss, smoothed", () => {
  // torch 1.13: CrossEntropyLoss(reduction="none", label_smoothing=0.1) in float64.
  const logits = Float64Array.of(0.5, -1, 2, 3, 0.25, -0.75);
  const terms = classCrossEntropy({ logits, labels: [0, 2], K: 3, labelSmoothing: 0.1 });
  assertClose(terms, [1.7413112966571571, 3.6754981329024488], {
    op: "terms",
    absolute: 0,
    relative: 1e-13,
  });
});

Deno.test("classCrossEntropy stays finite for logits beyond the range of exp", () => {
  const logits = Float64Array.of(5000, -5000);
  assertEquals([...classCrossEntropy({ logits, labels: [1], K: 2 })], [10000]);
});

for (const labelSmoothing of [0, 0.1, 1]) {
  Deno.test(`classCrossEntropyBackward agrees with central differences, smoothed by ${labelSmoothing}`, () => {
    const [K, labels] = [4, [3, 0, 1]];
    const [logits, dTerms] = [normalValues(12, 1), normalValues(3, 2)];
    gradientCheck(
      (moved) => dot(classCrossEntropy({ logits: moved, labels, K, labelSmoothing }), dTerms),
      logits,
      classCrossEntropyBackward({ logits, labels, K, labelSmoothing }, dTerms),
    );
  });
}
