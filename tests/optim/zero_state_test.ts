import { assertEquals } from "@std/assert";
import { zeroState } from "../../src/optim/zero_state.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("zeroState has a buffer of its own, of its size, filled with zeros", async () => {
  const gpu = await testGpu();
  const floats = zeroState(gpu, [3, 5], { label: "floats" });
  const words = zeroState(gpu, [7], { label: "words", dtype: "u32" });
  assertEquals([floats.shape, floats.dtype, floats.allocation.bytes], [[3, 5], "f32", 60]);
  assertEquals([words.shape, words.dtype, words.allocation.bytes], [[7], "u32", 28]);
  assertEquals([...await gpu.read(floats)], Array(15).fill(0));
  assertEquals([...await gpu.readIntegers(words)], Array(7).fill(0));
  for (const { allocation } of [floats, words]) allocation.buffer.destroy();
});
