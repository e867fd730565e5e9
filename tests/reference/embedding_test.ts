import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { embedding, embeddingBackward } from "./embedding.ts";
import { normalValues } from "./random_values.ts";

Deno.test("embedding sums one row of each table", () => {
  const y = embedding({
    word: Float64Array.of(1, 2, 3, 4, 5, 6),
    position: Float64Array.of(10, 20, 30, 40),
    type: Float64Array.of(100, 200),
    ids: [2, 0, 2],
    positions: [0, 1, 0],
    typeIds: [0, 0, 0],
    C: 2,
  });
  assertEquals(y, Float64Array.of(115, 226, 131, 242, 115, 226));
});

Deno.test("embeddingBackward agrees with central differences, repeated and unused rows included", () => {
  const C = 4;
  const input = {
    word: normalValues(6 * C, 1),
    position: normalValues(5 * C, 2),
    type: normalValues(2 * C, 3),
    ids: [3, 1, 3, 3, 0],
    positions: [0, 1, 2, 0, 1],
    typeIds: [0, 1, 0, 1, 1],
    C,
  };
  const dY = normalValues(input.ids.length * C, 4);
  const { dWord, dPosition, dType } = embeddingBackward(input, dY);
  gradientCheck((word) => dot(embedding({ ...input, word }), dY), input.word, dWord);
  gradientCheck(
    (position) => dot(embedding({ ...input, position }), dY),
    input.position,
    dPosition,
  );
  gradientCheck((type) => dot(embedding({ ...input, type }), dY), input.type, dType);
  assertEquals(dWord.subarray(2 * C, 3 * C), new Float64Array(C));
});
