import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { embeddingBag, embeddingBagBackward } from "./embedding_bag.ts";
import { normalValues } from "./random_values.ts";

Deno.test("embeddingBag takes the mean of rows, and zeros for none", () => {
  const table = Float64Array.of(1, 2, 30, 40, 500, 700);
  const input = { table, ids: [0, 2, 2, 1], sequenceStarts: [0, 0, 2, 4], C: 2 };
  assertEquals([...embeddingBag(input)], [0, 0, 250.5, 351, 265, 370]);
});

Deno.test("embeddingBagBackward agrees with central differences", () => {
  const C = 3;
  const input = { ids: [0, 2, 2, 1, 2], sequenceStarts: [0, 3, 3, 5], C };
  const table = normalValues(4 * C, 1);
  const dY = normalValues(3 * C, 2);
  const f = (table: Float64Array) => dot(embeddingBag({ ...input, table }), dY);
  gradientCheck(f, table, embeddingBagBackward({ ...input, table }, dY));
});
