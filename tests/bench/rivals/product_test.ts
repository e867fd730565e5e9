import { assertEquals } from "@std/assert";
import { factors, parseShape, productName, shapeOf } from "../../../bench/rivals/product.ts";

Deno.test("parseShape reads three extents and nothing else", () => {
  assertEquals(parseShape("4096x3072x768"), { m: 4096, n: 3072, k: 768 });
  for (const text of ["", "64x64", "0x1x1", "1x2x3x4", "1x2xk"]) {
    assertEquals(parseShape(text), null);
  }
});

Deno.test("shapeOf takes the shape of a flag, or 1024 three times", () => {
  assertEquals(shapeOf(["--shape", "2x3x4", "--warmup", "1"]), { m: 2, n: 3, k: 4 });
  assertEquals(shapeOf([]), { m: 1024, n: 1024, k: 1024 });
  assertEquals([productName(shapeOf([])), productName({ m: 2, n: 3, k: 4 })], [
    "product 1024^3",
    "product 2 x 3 x 4",
  ]);
});

Deno.test("factors are m x k sines and k x n cosines", () => {
  const { a, b } = factors({ m: 2, n: 3, k: 4 });
  assertEquals([a.length, b.length], [8, 12]);
  assertEquals([a[5], b[5]], [Math.fround(Math.sin(5)), Math.fround(Math.cos(5))]);
});
