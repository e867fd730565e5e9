import { assertEquals } from "@std/assert";
import { linearProducts } from "../../src/ops/linear_products.ts";

Deno.test("linearProducts gives three products for each shape of weight, the first name of each", () => {
  const weights = [
    { name: "in", shape: [8, 4] },
    { name: "out", shape: [4, 8] },
    { name: "in again", shape: [8, 4] },
  ];
  const products = linearProducts(weights, { tokens: 100, dtype: "f16" });
  assertEquals(products.map(({ name, m, n, k, layout }) => [name, m, n, k, layout]), [
    ["in", 100, 8, 4, "nt"],
    ["in, gradient of x", 100, 4, 8, "nn"],
    ["in, its gradient", 8, 4, 100, "tn"],
    ["out", 100, 4, 8, "nt"],
    ["out, gradient of x", 100, 8, 4, "nn"],
    ["out, its gradient", 4, 8, 100, "tn"],
  ]);
  assertEquals(new Set(products.map(({ dtype }) => dtype)), new Set(["f16"]));
});
