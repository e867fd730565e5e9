import { assertEquals, assertThrows } from "@std/assert";
import { sliceColumns } from "../../src/ops/slice_columns.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { sliceColumns as reference, sliceColumnsBackward } from "../reference/slice_columns.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("sliceColumns equals its reference exactly, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [R, C, first, count] of [[1, 4, 0, 4], [3, 12, 4, 8], [65, 20, 0, 4], [9, 64, 16, 12]]
    ) {
      const x = normalValues(R * C, 1);
      const dOutput = normalValues(R * count, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [R, C], data: x } },
        forward: (tape, tensors) => sliceColumns(tape, { ...tensors, first, count }),
        dOutput,
        twice: R === 3,
      });
      const slice = { C, first, count };
      assertEquals([...y], [...reference(x, slice)]);
      const expected = sliceColumnsBackward(dOutput, slice).map((g) => R === 3 ? 2 * g : g);
      assertEquals([...gradients.x], [...expected]);
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("sliceColumns begins at the first column by default", async () => {
  const { y } = await runOp(await testGpu(), {
    inputs: { x: { shape: [1, 8], data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) } },
    forward: (tape, { x }) => sliceColumns(tape, { x, count: 4 }),
    dOutput: Float64Array.of(1, 1, 1, 1),
  });
  assertEquals([...y], [1, 2, 3, 4]);
});

Deno.test("sliceColumns refuses columns that are not there, and parts of vectors", async () => {
  const tape = new Tape(await testGpu());
  const x = tape.empty([2, 8], "x");
  for (const [first, count] of [[-4, 4], [4, 8], [0, 0], [0, NaN]]) {
    assertThrows(
      () => sliceColumns(tape, { x, first, count }),
      RangeError,
      `Cannot take columns ${first} to ${first + count} of "x": it has 8 columns`,
    );
  }
  for (const [first, count] of [[2, 4], [0, 6]]) {
    assertThrows(
      () => sliceColumns(tape, { x, first, count }),
      RangeError,
      "wanted multiples of 4",
    );
  }
  tape.end();
});
