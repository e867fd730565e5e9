import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { repeatRows, repeatRowsBackward } from "./repeat_rows.ts";

Deno.test("repeatRows gives each token the vector of its sequence", () => {
  const input = { x: Float64Array.of(1, 2, 3, 4, 5, 6), sequenceStarts: [0, 2, 2, 3], C: 2 };
  assertEquals([...repeatRows(input)], [1, 2, 1, 2, 5, 6]);
  const factor = (token: number, column: number) => 10 * token + column;
  assertEquals([...repeatRows({ ...input, factor })], [0, 2, 10, 22, 100, 126]);
});

Deno.test("repeatRowsBackward agrees with central differences", () => {
  const factor = (token: number, column: number) => (token + column) % 3;
  const input = { x: normalValues(12, 1), sequenceStarts: [0, 3, 4, 9], C: 4, factor };
  const dY = normalValues(36, 2);
  gradientCheck(
    (x) => dot(repeatRows({ ...input, x }), dY),
    input.x,
    repeatRowsBackward(input, dY),
  );
});
