import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { binaryCrossEntropy, binaryCrossEntropyBackward } from "./binary_cross_entropy.ts";
import { normalValues } from "./random_values.ts";

Deno.test("binaryCrossEntropy is -log of the probability of the answer", () => {
  const terms = binaryCrossEntropy(
    Float64Array.of(Math.log(3), Math.log(3)),
    Float64Array.of(1, 0),
  );
  assertClose(terms, [Math.log(4 / 3), Math.log(4)], { op: "terms", absolute: 0, relative: 1e-15 });
});

Deno.test("binaryCrossEntropy stays finite beyond the range of exp", () => {
  const terms = binaryCrossEntropy(Float64Array.of(5000, -5000), Float64Array.of(0, 0));
  assertEquals([...terms], [5000, 0]);
});

Deno.test("binaryCrossEntropyBackward agrees with central differences", () => {
  const [logits, dTerms] = [normalValues(6, 1, { deviation: 3 }), normalValues(6, 2)];
  const labels = Float64Array.of(0, 1, 0.3, 1, 0, 0.9);
  gradientCheck(
    (moved) => dot(binaryCrossEntropy(moved, labels), dTerms),
    logits,
    binaryCrossEntropyBackward(logits, labels, dTerms),
  );
});
