import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { constant, normal, truncatedNormal } from "../../src/nn/initialize.ts";

const PART = { name: "encoder.layer.0.output.dense.weight", shape: [100, 200] };

Deno.test("normal() draws values of the wanted deviation around 0", () => {
  const values = normal(0.02, 42)(PART);
  assertEquals(values.length, 20_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assertAlmostEquals(mean, 0, 5e-4);
  assertAlmostEquals(Math.sqrt(variance), 0.02, 5e-4);
  const beyond = values.filter((value) => Math.abs(value) > 0.04).length / values.length;
  assertAlmostEquals(beyond, 0.0455, 0.01);
});

Deno.test("normal() is a pure function of seed and name", () => {
  const initialize = normal(0.02, 42);
  const first = initialize(PART);
  assertNotEquals(initialize({ ...PART, name: "encoder.layer.1.output.dense.weight" }), first);
  assertNotEquals(normal(0.02, 43)(PART), first);
  assertEquals(initialize(PART), first);
  assertEquals(normal(0.02, 42)(PART), first);
});

Deno.test("normal() leaves a row of zeros and draws the others as without", () => {
  const shape = [4, 8];
  const whole = normal(1, 7)({ name: "table", shape });
  for (const row of [0, 3]) {
    const values = normal(1, 7, row)({ name: "table", shape });
    const expected = whole.slice();
    expected.fill(0, row * 8, (row + 1) * 8);
    assertEquals(values, expected);
  }
  assert(whole.every((value) => value !== 0));
});

Deno.test("constant() is the same everywhere", () => {
  assertEquals(constant(1)({ name: "weight", shape: [3] }), Float32Array.of(1, 1, 1));
  assertEquals(constant(0)({ name: "bias", shape: [2, 2] }), new Float32Array(4));
});

Deno.test("truncatedNormal() draws within the cutoff, of the deviation of what is cut", () => {
  const values = truncatedNormal(0.02, 42, 2)(PART);
  assertEquals(values.length, 20_000);
  assertEquals(values.every((value) => Math.abs(value) <= Math.fround(0.04)), true);
  // The variance of a standard normal value cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1).
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  assertAlmostEquals(Math.sqrt(variance), 0.02 * Math.sqrt(0.7737413), 5e-4);
  assertEquals(truncatedNormal(0.02, 42, 2)(PART), values);
  assertNotEquals(truncatedNormal(0.02, 43, 2)(PART), values);
});
