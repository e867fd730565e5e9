import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { type Squash, squash, squashBackward } from "./squash.ts";
import { normalValues, uniformValues } from "./random_values.ts";

const KINDS: readonly Squash[] = ["tanh", "sigmoid"];

Deno.test("squash has its known values", () => {
  const x = Float64Array.of(-1, 0, 0.5, 30);
  const expected: Record<Squash, number[]> = {
    tanh: [-0.7615941559557649, 0, 0.46211715726000973, 1],
    sigmoid: [0.2689414213699951, 0.5, 0.6224593312018546, 0.9999999999999065],
  };
  assertEquals(KINDS.length, 2);
  for (const kind of KINDS) {
    assertClose(squash(x, kind), expected[kind], { op: kind, absolute: 0, relative: 1e-15 });
  }
});

for (const kind of KINDS) {
  Deno.test(`squashBackward of ${kind} agrees with central differences`, () => {
    const x = uniformValues(100, 1, { low: -3, high: 3 });
    const dY = normalValues(100, 2);
    gradientCheck((x) => dot(squash(x, kind), dY), x, squashBackward(x, dY, kind));
  });
}
