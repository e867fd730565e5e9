import { assertEquals } from "@std/assert";
import { clipGradNorm } from "./clip_grad_norm.ts";

const gradients = [Float64Array.of(1, -2), Float64Array.of(4), Float64Array.of(10, 10, 2)];

Deno.test("clipGradNorm measures all gradients together and shrinks them to the norm", () => {
  assertEquals(clipGradNorm(gradients, 3), { norm: 15, coefficient: 3 / (15 + 1e-6) });
});

Deno.test("clipGradNorm leaves shorter gradients alone, and zero gradients too", () => {
  assertEquals(clipGradNorm(gradients, 16), { norm: 15, coefficient: 1 });
  assertEquals(clipGradNorm([new Float64Array(3)], 1), { norm: 0, coefficient: 1 });
});
