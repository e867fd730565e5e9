import { assertEquals } from "@std/assert";
import { reducePart } from "../../src/distributed/reduce_part.ts";
import { bitsOf, rankValues, sumInOrder } from "./rank_values.ts";

Deno.test("reducePart adds as f32 does, one rounding an addition", () => {
  const [a, b] = [rankValues(1000, 0), rankValues(1000, 1)];
  const total = a.slice();
  reducePart(total, b, "sum");
  assertEquals(bitsOf(total), bitsOf(sumInOrder([a, b])));
  const tie = Float32Array.of(1, 2 ** 24);
  reducePart(tie, Float32Array.of(2 ** -24, 1), "sum");
  assertEquals([...tie], [1, 2 ** 24]);
});

Deno.test("reducePart finds the larger and the smaller, and NaN wins", () => {
  const values = [1, -3, Infinity, NaN, 2];
  const others = [2, -4, 1, 1, NaN];
  const larger = Float32Array.from(values);
  reducePart(larger, Float32Array.from(others), "max");
  assertEquals([...larger], [2, -3, Infinity, NaN, NaN]);
  const smaller = Float32Array.from(values);
  reducePart(smaller, Float32Array.from(others), "min");
  assertEquals([...smaller], [1, -4, 1, NaN, NaN]);
});
