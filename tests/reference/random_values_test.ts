import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { integerValues, normalValues, uniformValues } from "./random_values.ts";

const COUNT = 100_000;

Deno.test("uniformValues fills its interval evenly", () => {
  const values = uniformValues(COUNT, 1, { low: 2, high: 6 });
  const { mean, variance } = moments(values);
  assert(values.every((value) => value >= 2 && value <= 6));
  assert(Math.abs(mean - 4) < 0.02, `mean ${mean}`);
  assert(Math.abs(variance - 16 / 12) < 0.02, `variance ${variance}`);
});

Deno.test("normalValues has the moments of a normal distribution", () => {
  const values = normalValues(COUNT, 2, { deviation: 3 });
  const { mean, variance, kurtosis } = moments(values);
  assert(Math.abs(mean) < 0.05, `mean ${mean}`);
  assert(Math.abs(variance - 9) < 0.2, `variance ${variance}`);
  assert(Math.abs(kurtosis - 3) < 0.1, `kurtosis ${kurtosis}`);
  assert(values.every(Number.isFinite));
});

Deno.test("integerValues takes every value below the limit about equally often", () => {
  const counts = new Uint32Array(10);
  for (const value of integerValues(COUNT, 3, 10)) counts[value]++;
  assertEquals(counts.reduce((a, b) => a + b), COUNT);
  assert(counts.every((count) => Math.abs(count - COUNT / 10) < 400), counts.join());
});

Deno.test("values are the same for a seed, others for another, and exact in f32", () => {
  for (const values of [uniformValues, normalValues]) {
    assertEquals(values(9, 7), values(20, 7).slice(0, 9));
    assertNotEquals(values(9, 7), values(9, 8));
    assertEquals(values(99, 7).map(Math.fround), values(99, 7));
  }
  assertEquals([...integerValues(8, 0, 100)], [...integerValues(8, 0, 100)]);
});

Deno.test("values of neighbouring seeds and indices are not correlated", () => {
  const a = uniformValues(COUNT, 10);
  const b = uniformValues(COUNT, 11);
  const acrossSeeds = a.reduce((sum, value, i) => sum + value * b[i], 0) / COUNT;
  const acrossIndices = a.reduce((sum, value, i) => sum + value * a[(i + 1) % COUNT], 0) / COUNT;
  assert(Math.abs(acrossSeeds) < 0.005, `across seeds ${acrossSeeds}`);
  assert(Math.abs(acrossIndices) < 0.005, `across indices ${acrossIndices}`);
});

function moments(
  values: Float64Array,
): { mean: number; variance: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const about = (power: number) =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  return { mean, variance: about(2), kurtosis: about(4) / about(2) ** 2 };
}
