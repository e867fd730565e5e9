import { assertEquals, assertThrows } from "@std/assert";
import { sliceRows } from "../../src/ops/slice_rows.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("sliceRows copies rows, and gives gradients back to where they were taken", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [R, C, first, count] of [[1, 4, 0, 1], [9, 12, 2, 5], [300, 8, 299, 1], [70, 4, 0, 70]]
    ) {
      for (const twice of [false, true]) {
        const x = normalValues(R * C, 1);
        const dOutput = normalValues(count * C, 2);
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [R, C], data: x } },
          forward: (tape, tensors) => sliceRows(tape, tensors.x, first, count),
          dOutput,
          twice,
        });
        assertEquals(y, Float32Array.from(x.slice(first * C, (first + count) * C)));
        const expected = new Float32Array(R * C);
        dOutput.forEach((value, i) => expected[first * C + i] = value * (twice ? 2 : 1));
        assertEquals(gradients.x, expected);
        seen++;
      }
    }
  }
  assertEquals(seen, 16);
});

Deno.test("sliceRows refuses rows that are not there", async () => {
  const gpu = await testGpu();
  const x = gpu.tensor([3, 4], "x");
  for (const [first, count] of [[0, 4], [-1, 1], [3, 1]]) {
    assertThrows(
      () => sliceRows(new Tape(gpu), x, first, count),
      RangeError,
      `Cannot take rows ${first} to ${first + count} of "x": it has 3 rows`,
    );
  }
  gpu.release(x);
});
