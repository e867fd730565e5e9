import { assertEquals, assertThrows } from "@std/assert";
import { classifyPairs } from "../../src/losses/classify_pairs.ts";

const embeddings = (...rows: number[][]) => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  columns: rows[0].length,
});
const array = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
const U = embeddings([1, 2], [3, 4], [0, 0]);
const V = embeddings([1, 0], [5, 4], [0, 0]);

Deno.test("classifyPairs() takes the class of the highest output, of equal ones the first", () => {
  const none = { both: false, difference: false, product: false };
  const classify = (parts: Partial<typeof none>, weight: number[][], bias: number[]) =>
    classifyPairs(U, V, {
      weight: array([weight.length, weight[0].length], ...weight.flat()),
      bias: array([bias.length], ...bias),
      parts: { ...none, ...parts },
    });
  // |u - v| is [0, 2], [2, 0], [0, 0].
  assertEquals(classify({ difference: true }, [[1, 0], [0, 1]], [0, 0]), [1, 0, 0]);
  // u v is [1, 0], [15, 16], [0, 0].
  assertEquals(classify({ product: true }, [[0, 0], [1, 0], [0, 1]], [0.5, 0, 0]), [1, 2, 0]);
  // u2 - v2 is 2, 0, 0.
  assertEquals(classify({ both: true }, [[0, 0, 0, 0], [0, 1, 0, -1]], [1, 0]), [1, 0, 0]);
  const all = { both: true, difference: true, product: true };
  const last = [0, 0, 0, 0, 0, 0, 0, 1];
  assertEquals(classify(all, [[0, 0, 0, 0, 0, 0, 0, 0], last], [1, 0]), [0, 1, 0]);
});

Deno.test("classifyPairs() refuses embeddings of another width", () => {
  const classifier = {
    weight: array([1, 3], 0, 0, 0),
    bias: array([1], 0),
    parts: { both: true, difference: true, product: false },
  };
  assertThrows(() => classifyPairs(U, V, classifier), RangeError, "features of 3 numbers");
  const short = embeddings([1]);
  assertThrows(() => classifyPairs(short, V, classifier), RangeError, "[1, 1] and [3, 2]");
});
