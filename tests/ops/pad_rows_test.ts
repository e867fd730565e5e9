import { assertEquals, assertThrows } from "@std/assert";
import { padRows } from "../../src/ops/pad_rows.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("padRows copies, fills up, and gives the gradient back", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [shape, rows, twice] of [[[37], 40, false], [[37, 12], 40, true], [
        [4, 4],
        4,
        true,
      ]] as const
    ) {
      const size = shape.reduce((a: number, b) => a * b, 1);
      const behind = rows * (shape[1] ?? 1) - size;
      const x = normalValues(size, 1).map(Math.fround);
      // What is behind must have no gradient.
      const dOutput = normalValues(size, 2).map(Math.fround);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape, data: x, parameter: true } },
        forward: (tape, tensors) => padRows(tape, { x: tensors.x, rows, filler: -7 }),
        dOutput: Float64Array.of(...dOutput, ...new Float64Array(behind)),
        twice,
      });
      assertEquals([...y], [...x, ...Array(behind).fill(-7)]);
      assertEquals([...gradients.x], [...dOutput].map((value) => value * (twice ? 2 : 1)));
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("padRows refuses to leave rows out", async () => {
  const tape = new Tape(await testGpu());
  const x = tape.empty([4, 4], "x");
  assertThrows(() => padRows(tape, { x, rows: 3 }), RangeError, '"x" has 4 rows, wanted 3');
  tape.end();
});
