import { assertEquals } from "@std/assert";
import { decodeElements } from "../../src/gpu/decode_elements.ts";

const words = Uint32Array.of(0x3c00_3555, 0x8001_7bff, 0xfc00_3eab);

Deno.test("decodeElements reads f16, the lower half of a word first", () => {
  const values = decodeElements(words.buffer, { dtype: "f16", size: 6 });
  assertEquals([...values.subarray(0, 4)], [0.333251953125, 1, 65504, -(2 ** -24)]);
  assertEquals(values[5], -Infinity);
});

Deno.test("decodeElements reads bfloat16", () => {
  const values = decodeElements(words.buffer, { dtype: "bf16", size: 6 });
  assertEquals([...values.subarray(0, 2)], [213 * 2 ** -28, 2 ** -7]);
  assertEquals([...values.subarray(3)], [-(2 ** -133), 0.333984375, -(2 ** 121)]);
});

Deno.test("decodeElements leaves out the half that only fills a word, and shares f32", () => {
  assertEquals(decodeElements(words.buffer, { dtype: "f16", size: 5 }).length, 5);
  const floats = Float32Array.of(1.5, -2);
  const values = decodeElements(floats.buffer, { dtype: "f32", size: 2 });
  assertEquals([values, values.buffer === floats.buffer], [floats, true]);
});
