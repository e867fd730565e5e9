import { assertEquals, assertThrows } from "@std/assert";
import { addColumns } from "../../src/ops/add_columns.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { sliceColumns, sliceColumnsBackward } from "../reference/slice_columns.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("addColumns equals float32 sums exactly, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const { R, C, count, firsts, twice } of [
        { R: 1, C: 4, count: 4, firsts: [0], twice: false },
        { R: 3, C: 12, count: 4, firsts: [0, 8], twice: true },
        { R: 65, C: 20, count: 8, firsts: [8, 12], twice: false },
      ]
    ) {
      const round = (values: Float64Array) => values.map(Math.fround);
      const y = round(normalValues(R * C, 1));
      const parts = firsts.map((_, i) => round(normalValues(R * count, 2 + i)));
      const dOutput = round(normalValues(R * C, 9));
      const expected = parts.reduce(
        (sum, part, i) => {
          const wide = sliceColumnsBackward(part, { C, first: firsts[i], count });
          return round(sum.map((value, j) => value + wide[j]));
        },
        y,
      );
      const inputs = Object.fromEntries([
        ["y", { shape: [R, C], data: y }],
        ...parts.map((data, i) => [`x${i}`, { shape: [R, count], data }]),
      ]);
      const result = await runOp(gpu, {
        inputs,
        forward: (tape, tensors) =>
          addColumns(tape, tensors.y, firsts.map((first, i) => ({ x: tensors[`x${i}`], first }))),
        dOutput,
        twice,
      });
      assertEquals([...result.y], [...expected]);
      const times = twice ? 2 : 1;
      assertEquals([...result.gradients.y], [...dOutput.map((g) => times * g)]);
      for (const [i, first] of firsts.entries()) {
        const dX = sliceColumns(dOutput, { C, first, count }).map((g) => times * g);
        assertEquals([...result.gradients[`x${i}`]], [...dX]);
        seen++;
      }
    }
  }
  assertEquals(seen, 10);
});

Deno.test("addColumns adds to the gradient of a parameter", async () => {
  const { gradients } = await runOp(await testGpu(), {
    inputs: {
      y: { shape: [1, 8], data: new Float64Array(8), parameter: true },
      x: { shape: [1, 4], data: new Float64Array(4), parameter: true },
    },
    forward: (tape, { y, x }) => addColumns(tape, y, [{ x, first: 4 }]),
    dOutput: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    twice: true,
  });
  assertEquals([...gradients.y], [2, 4, 6, 8, 10, 12, 14, 16]);
  assertEquals([...gradients.x], [10, 12, 14, 16]);
});

Deno.test("addColumns refuses other rows, columns that are not there, and parts of vectors", async () => {
  const tape = new Tape(await testGpu());
  const y = tape.empty([2, 8], "y");
  const x = tape.empty([2, 4], "x");
  for (const first of [-4, 2, 8, NaN]) {
    assertThrows(
      () => addColumns(tape, y, [{ x, first }]),
      RangeError,
      `Cannot add to columns ${first} to ${first + 4} of "y": it has 8 columns`,
    );
  }
  for (const shape of [[3, 4], [2, 3]]) {
    const other = tape.empty(shape, "other");
    assertThrows(() => addColumns(tape, y, [{ x: other, first: 0 }]), TypeError, "addColumns");
  }
  tape.end();
});
