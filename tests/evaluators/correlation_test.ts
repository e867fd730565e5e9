import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { averageRanks, pearson, spearman } from "../../src/evaluators/correlation.ts";
import { randomNumbers } from "./fake_embedder.ts";

/** The rank by its definition: how many are smaller, plus the middle of the equal ones. */
function naiveRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const smaller = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return smaller + (equal + 1) / 2;
  });
}

/** r by the formula in sums of products. */
function naivePearson(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
  const xy = sum(x.map((value, i) => value * y[i]));
  const xx = sum(x.map((value) => value * value));
  const yy = sum(y.map((value) => value * value));
  return (n * xy - sum(x) * sum(y)) /
    Math.sqrt((n * xx - sum(x) ** 2) * (n * yy - sum(y) ** 2));
}

Deno.test("averageRanks: equal values share the mean of their ranks", () => {
  assertEquals([...averageRanks([30, 10, 20, 10, 30, 30])], [5, 1.5, 3, 1.5, 5, 5]);
  assertEquals([...averageRanks([])], []);
  assertEquals([...averageRanks([1, NaN])], [NaN, NaN]);
  assertEquals([...averageRanks([Infinity, -Infinity, 0])], [3, 1, 2]);
});

Deno.test("pearson and spearman: equal the textbook formulas on random data with ties", () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 50; round++) {
    const x = Array.from({ length: 40 }, () => Math.floor(random() * 6));
    const y = x.map((value) => value + Math.floor(random() * 10));
    assertEquals([...averageRanks(x)], naiveRanks(x));
    assertAlmostEquals(pearson(x, y), naivePearson(x, y), 1e-12);
    assertAlmostEquals(spearman(x, y), naivePearson(naiveRanks(x), naiveRanks(y)), 1e-12);
  }
});

Deno.test("pearson and spearman: known values", () => {
  assertAlmostEquals(pearson([1, 2, 3], [2, 4, 6]), 1, 1e-12);
  assertAlmostEquals(pearson([1, 2, 3], [3, 2, 1]), -1, 1e-12);
  assertAlmostEquals(spearman([1, 2, 3, 4], [1, 10, 100, 1000]), 1, 1e-12);
  // 1 - 6 Σd² / n(n² - 1) with d = 0, 1, 1, 0.
  assertAlmostEquals(spearman([1, 2, 3, 4], [1, 3, 2, 4]), 0.8, 1e-12);
});

Deno.test("pearson and spearman: NaN where a correlation is not defined", () => {
  for (const correlation of [pearson, spearman]) {
    assertEquals(correlation([], []), NaN);
    assertEquals(correlation([1], [1]), NaN);
    assertEquals(correlation([0.1, 0.1, 0.1], [1, 2, 3]), NaN);
    assertEquals(correlation([1, 2, 3], [7, 7, 7]), NaN);
    assertEquals(correlation([1, NaN, 3], [1, 2, 3]), NaN);
  }
});

Deno.test("pearson and spearman: as many values in both", () => {
  assertThrows(() => pearson([1, 2], [1]), RangeError, "2 and 1 values");
  assertThrows(() => spearman([1, 2], [1]), RangeError, "2 and 1 values");
});
