import { assertEquals } from "@std/assert";
import { matmul } from "./matmul.ts";

// A = [[1, 2, 3], [4, 5, 6]], B = [[1, 0], [2, 1], [0, 3]], A B = [[5, 11], [14, 23]]
const factors = [
  { transposeA: false, a: Float64Array.of(1, 2, 3, 4, 5, 6) },
  { transposeA: true, a: Float64Array.of(1, 4, 2, 5, 3, 6) },
].flatMap((left) =>
  [
    { transposeB: false, b: Float64Array.of(1, 0, 2, 1, 0, 3) },
    { transposeB: true, b: Float64Array.of(1, 2, 0, 0, 1, 3) },
  ].map((right) => ({ ...left, ...right }))
);

for (const factor of factors) {
  Deno.test(`matmul with transposeA ${factor.transposeA}, transposeB ${factor.transposeB}`, () => {
    assertEquals(matmul({ ...factor, M: 2, N: 2, K: 3 }), Float64Array.of(5, 11, 14, 23));
  });
}

Deno.test("matmul transposes neither factor by default, and takes shapes that are not square", () => {
  const a = Float64Array.of(1, 2);
  const b = Float64Array.of(3, 4, 5);
  assertEquals(matmul({ a, b, M: 2, N: 3, K: 1 }), Float64Array.of(3, 4, 5, 6, 8, 10));
});
