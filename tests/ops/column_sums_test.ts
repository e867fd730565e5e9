import { assertEquals, assertThrows } from "@std/assert";
import { addColumnSums } from "../../src/ops/column_sums.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { poison } from "../support/run_op.ts";

Deno.test("addColumnSums adds to the first elements and leaves the others alone", async () => {
  for (const gpu of await testGpus()) {
    for (const [rows, columns] of [[1, 4], [63, 124], [64, 128], [65, 132], [1000, 8]]) {
      const stop = poison(gpu);
      const data = normalValues(rows * columns, 1);
      const dY = gpu.upload([rows, columns], Float32Array.from(data), "dY");
      const row = gpu.upload([columns + 4], new Float32Array(columns + 4).fill(3), "row");
      const tape = new Tape(gpu);
      addColumnSums(tape, dY, row);
      const sums = await gpu.read(row);
      tape.end();
      stop();
      const expected = new Float64Array(columns).fill(3);
      data.forEach((value, i) => expected[i % columns] += value);
      const relative = floatTolerance(rows + 1);
      assertClose(sums.subarray(0, columns), expected, {
        op: "addColumnSums",
        case: `${rows} x ${columns}`,
        absolute: relative * 4 * Math.sqrt(rows),
        relative,
      });
      assertEquals([...sums.subarray(columns)], [3, 3, 3, 3]);
      gpu.release(dY, row);
    }
  }
});

Deno.test("addColumnSums refuses columns that are no whole vectors", async () => {
  const gpu = await testGpu();
  const dY = gpu.tensor([2, 6], "odd");
  assertThrows(
    () => addColumnSums(new Tape(gpu), dY, dY),
    TypeError,
    'Cannot run columnSums on "odd": found rows of 6 columns, wanted a multiple of 4',
  );
  gpu.release(dY);
});
