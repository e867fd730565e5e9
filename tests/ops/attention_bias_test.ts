import { assertEquals, assertThrows } from "@std/assert";
import { spreadBias } from "../../src/ops/attention_bias.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("spreadBias gives a quad of distances a line, and their buckets in the last", async () => {
  const tape = new Tape(await testGpu());
  const [heads, reach] = [2, 2];
  const table = tape.upload([4, heads], Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13), "table");
  // Distances -2, -1, 0, 1, 2.
  const buckets = tape.upload([5], Uint32Array.of(3, 1, 0, 2, 2), "buckets");
  const y = spreadBias(tape, { table, buckets }, heads);
  assertEquals(y.shape, [heads + 1, 2 * reach + 4, 4]);
  const values = await tape.gpu.read(y);
  // Distances from -5 on, each brought to [-2, 2]; a quad is four of them.
  const line = [3, 3, 3, 3, 1, 0, 2, 2, 2, 2, 2];
  const quads = (shift: number) =>
    Array.from({ length: 8 }, (_, i) => line.slice(i, i + 4).map((value) => value + shift)).flat();
  assertEquals([...values], [...quads(0), ...quads(10), ...quads(0)]);
  tape.end();
});

Deno.test("spreadBias refuses other heads, too many buckets and an even number of distances", async () => {
  const tape = new Tape(await testGpu());
  const run = (rows: number, columns: number, distances: number) =>
    spreadBias(tape, {
      table: tape.empty([rows, columns], "table"),
      buckets: tape.empty([distances], "buckets", "u32"),
    }, 2);
  assertThrows(() => run(4, 3, 5), TypeError, "wanted [4,2]");
  assertThrows(() => run(36, 2, 5), TypeError, "36 buckets, wanted a multiple of 4, at most 32");
  assertThrows(() => run(6, 2, 5), TypeError, "6 buckets, wanted a multiple of 4, at most 32");
  assertThrows(() => run(4, 2, 4), TypeError, "of 4 distances, wanted an odd number");
  tape.end();
});
