import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { rankingLogSumExp, rankingLogSumExpBackward } from "./ranking_log_sum_exp.ts";

Deno.test("rankingLogSumExp counts each pair of different labels once", () => {
  const scores = Float64Array.of(Math.log(2), 0, Math.log(3));
  // The second stands below both others, which are equal: 1/2 and 1/3 with scale 1.
  const loss = rankingLogSumExp({ scores, labels: [1, 0, 1], scale: 1 });
  assertClose([loss], [Math.log(1 + 1 / 2 + 1 / 3)], { op: "loss", absolute: 0, relative: 1e-15 });
});

Deno.test("rankingLogSumExp is 0 where all labels are equal, and finite for large scores", () => {
  const scores = Float64Array.of(1, -1);
  assertEquals(rankingLogSumExp({ scores, labels: [3, 3], scale: 20 }), 0);
  assertEquals(rankingLogSumExp({ scores, labels: [0, 1], scale: 1000 }), 2000);
});

Deno.test("rankingLogSumExpBackward agrees with central differences", () => {
  const input = { scores: normalValues(7, 1), labels: [0, 2, 1, 1, 0, 5, 2], scale: 1.5 };
  gradientCheck(
    (scores) => 0.7 * rankingLogSumExp({ ...input, scores }),
    input.scores,
    rankingLogSumExpBackward(input, 0.7),
  );
});
