import { assertEquals, assertStringIncludes } from "@std/assert";
import { fittingSentence } from "../../src/losses/fitting_sentence.ts";

const ONE = { width: 1, minimum: 0, maximum: 5, isWhole: true };

Deno.test("fittingSentence() names columns, labels and losses", () => {
  assertEquals(
    fittingSentence(["text"], { ...ONE, isWhole: false }),
    'for the text columns "text" with fractional labels from 0 to 5 these fit: ' +
      "ContrastiveTensionLossInBatchNegatives, GlobalOrthogonalRegularizationLoss",
  );
  assertStringIncludes(
    fittingSentence(["a", "b"], null),
    'for the text columns "a", "b" without labels these fit: MultipleNegativesRankingLoss, ',
  );
  assertStringIncludes(
    fittingSentence(["a"], ONE),
    '"a" with whole labels from 0 to 5 these fit: ',
  );
  assertStringIncludes(
    fittingSentence(["a"], { ...ONE, width: 384 }),
    '"a" with labels of 384 numbers these fit: ',
  );
});

Deno.test("fittingSentence() says where no loss fits", () => {
  assertEquals(
    fittingSentence([], null),
    "for the text columns none without labels no loss fits",
  );
});
