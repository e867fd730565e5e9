import { assert, assertEquals } from "@std/assert";
import { drawIndices } from "../../src/losses/draw_indices.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("drawIndices() takes all where none or all are to be drawn", async () => {
  for (const recording of [true, false]) {
    const tape = new Tape(await testGpu(), { recording });
    for (const count of [-1, 0, 3, 4]) {
      assertEquals(drawIndices(tape, 3, count), { indices: [0, 1, 2], factor: 1 });
    }
    assertEquals(drawIndices(tape, 0, 1), { indices: [], factor: 1 });
    tape.end();
  }
});

Deno.test("drawIndices() draws while training, by seed, step and order", async () => {
  const gpu = await testGpu();
  const draws = (step: number) => {
    const tape = new Tape(gpu, { recording: true, seed: 7, step });
    const drawn = Array.from({ length: 3 }, () => drawIndices(tape, 6, 2));
    tape.end();
    return drawn;
  };
  assertEquals(draws(1), draws(1));
  const counts = new Array<number>(6).fill(0);
  const seen = new Set<string>();
  for (let step = 0; step < 200; step++) {
    for (const { indices, factor } of draws(step)) {
      assertEquals(factor, 1);
      assert(indices.length === 2 && indices[0] < indices[1], `${indices}`);
      for (const index of indices) counts[index]++;
      seen.add(`${indices}`);
    }
  }
  assertEquals(seen.size, 15);
  // Each index is drawn 600 / 3 times, with a standard deviation of about 11.5.
  for (const count of counts) assert(Math.abs(count - 200) < 5 * 11.5, `${counts}`);
});

Deno.test("drawIndices() takes what draws are on average out of training", async () => {
  const tape = new Tape(await testGpu());
  assertEquals(drawIndices(tape, 4, 1), { indices: [0, 1, 2, 3], factor: 0.25 });
  tape.end();
});
