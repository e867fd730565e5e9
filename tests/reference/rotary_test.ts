import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { rotary } from "./rotary.ts";

const [C, H, base] = [12, 2, 100];

Deno.test("rotary turns queries and keys, so that their products depend on distances alone", () => {
  // The same query and key in all rows.
  const row = normalValues(3 * C, 1);
  const qkv = Float64Array.from({ length: 5 * 3 * C }, (_, i) => row[i % (3 * C)]);
  const y = rotary({ qkv, positions: [0, 1, 2, 3, 4], C, H, base });
  assertEquals(y.slice(0, 3 * C), row);
  const product = (query: number, key: number) =>
    dot(y.slice(query * 3 * C, query * 3 * C + C), y.slice(key * 3 * C + C, key * 3 * C + 2 * C));
  const [a, b] = [product(3, 1), product(4, 2)];
  assertClose([a], [b], { op: "products", absolute: 1e-12, relative: 0 });
  assertEquals(Math.abs(a - product(1, 3)) > 1e-3, true);
  assertEquals(
    y.filter((_, i) => i % (3 * C) >= 2 * C),
    qkv.filter((_, i) => i % (3 * C) >= 2 * C),
  );
});

Deno.test("rotary backwards is its gradient, by central differences", () => {
  const positions = [0, 3, 1];
  const [qkv, dY] = [normalValues(3 * 3 * C, 2), normalValues(3 * 3 * C, 3)];
  gradientCheck(
    (moved) => dot(rotary({ qkv: moved, positions, C, H, base }), dY),
    qkv,
    rotary({ qkv: dY, positions, C, H, base }, -1),
  );
});
