import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { marginErrors, marginErrorsBackward } from "./margin_errors.ts";
import { normalValues } from "./random_values.ts";

Deno.test("marginErrors is the mean of squares of what margins are off by", () => {
  const scores = Float64Array.of(5, 3, 1, 0, 0, 0);
  const labels = Float64Array.of(2, 1, 1, -1);
  assertEquals([...marginErrors({ scores, labels, n: 2 })], [4.5, 1]);
});

Deno.test("marginErrors takes a teacher's scores for the margins between them", () => {
  const scores = normalValues(9, 1);
  const teacher = normalValues(9, 2);
  const labels = Float64Array.from({ length: 6 }, (_, i) => {
    const row = Math.floor(i / 2) * 3;
    return teacher[row] - teacher[row + 1 + i % 2];
  });
  assertEquals(
    marginErrors({ scores, labels: teacher, n: 2 }),
    marginErrors({ scores, labels, n: 2 }),
  );
});

for (const [n, W] of [[1, 1], [1, 2], [3, 3], [3, 4]]) {
  Deno.test(`marginErrorsBackward agrees with central differences, ${n} negatives, ${W} labels`, () => {
    const [scores, labels] = [normalValues(4 * (n + 1), 1), normalValues(4 * W, 2)];
    const dTerms = normalValues(4, 3);
    gradientCheck(
      (moved) => dot(marginErrors({ scores: moved, labels, n }), dTerms),
      scores,
      marginErrorsBackward({ scores, labels, n }, dTerms),
    );
  });
}
