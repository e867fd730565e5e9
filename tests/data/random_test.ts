import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../src/data/random.ts";

const DRAWS = 100_000;

function moments(draw: () => number): { mean: number; variance: number; fourth: number } {
  const values = Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const central = (power: number) =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / DRAWS;
  return { mean, variance: central(2), fourth: central(4) };
}

Deno.test("random: a key gives the numbers that it gave when they were recorded", () => {
  const random = new Random(42, 0, "x");
  assertEquals([random.uint32(), random.uint32(), random.uint32()], [
    2314271360,
    2931512826,
    3136094087,
  ]);
  assertEquals(random.float(), 0.996004052686986);
  assertEquals(random.normal(), 0.11542316370170592);
  assertEquals(random.integer(10), 4);
});

Deno.test("random: equal keys give equal numbers, other keys others", () => {
  const keys = [
    [],
    [0],
    [1],
    [0, 0],
    ["1"],
    [1, 2],
    [2, 1],
    [12],
    [0.5],
    [""],
    ["ab", "c"],
    ["a", "bc"],
    ["abc"],
    [42, 0, "pairs"],
    [42, 1, "pairs"],
    [43, 0, "pairs"],
    [42, 0, "pair"],
  ];
  const first = keys.map((key) => new Random(...key).uint32());
  assertEquals(keys.map((key) => new Random(...key).uint32()), first);
  assertEquals(new Set(first).size, 17);
  assertEquals(new Random(-0).uint32(), new Random(0).uint32());
});

Deno.test("random: first numbers of consecutive seeds are as random as those of one seed", () => {
  let seed = 0;
  const { mean, variance } = moments(() => new Random(seed++).float());
  assertAlmostEquals(mean, 0.5, 0.005);
  assertAlmostEquals(variance, 1 / 12, 0.002);
});

Deno.test("random: a key that is not a finite number is refused", () => {
  assertThrows(() => new Random(1, NaN), RangeError, "NaN in the key is not a finite number");
});

Deno.test("random: floats are uniform in [0, 1) and use 53 bits", () => {
  const random = new Random("float");
  let fine = 0;
  const { mean, variance, fourth } = moments(() => {
    const value = random.float();
    assert(value >= 0 && value < 1);
    if (!Number.isInteger(value * 2 ** 52)) fine++;
    return value;
  });
  assertAlmostEquals(mean, 0.5, 0.005);
  assertAlmostEquals(variance, 1 / 12, 0.002);
  assertAlmostEquals(fourth, 1 / 80, 0.001);
  assertAlmostEquals(fine / DRAWS, 0.5, 0.01);
});

Deno.test("random: normal numbers have the moments of the normal distribution", () => {
  const random = new Random("normal");
  const { mean, variance, fourth } = moments(() => random.normal());
  assertAlmostEquals(mean, 0, 0.015);
  assertAlmostEquals(variance, 1, 0.02);
  assertAlmostEquals(fourth, 3, 0.15);
});

Deno.test("random: integers are uniform below the bound", () => {
  const random = new Random("integer");
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < DRAWS; i++) counts[random.integer(7)]++;
  const expected = DRAWS / 7;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assertEquals(counts.length, 7);
  assert(chiSquare < 22.5, `chi-square of 6 degrees of freedom is ${chiSquare}`); // p = 0.001
  // With the remainder of 32 bits alone, two thirds of these would lie in the lower half.
  const bound = 3 * 2 ** 30;
  const { mean } = moments(() => random.integer(bound) / bound);
  assertAlmostEquals(mean, 0.5, 0.005);
  assertEquals(random.integer(1), 0);
  assert(random.integer(2 ** 32) < 2 ** 32);
});

Deno.test("random: a bound that is no integer from 1 to 2^32 is refused", () => {
  for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
    assertThrows(() => new Random().integer(bound), RangeError, `bound is ${bound}`);
  }
});

Deno.test("random: shuffling permutes in place, every order being equally likely", () => {
  const random = new Random("shuffle");
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const items = ["a", "b", "c", "d"];
    assert(random.shuffle(items) === items);
    const order = items.join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  const chiSquare = counts.values().reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert(chiSquare < 49.7, `chi-square of 23 degrees of freedom is ${chiSquare}`); // p = 0.001
  const rows = random.shuffle(Uint32Array.from({ length: 1000 }, (_, row) => row));
  assertEquals(new Set(rows).size, 1000);
  assertEquals(random.shuffle([]), []);
});
