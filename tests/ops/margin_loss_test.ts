import { assertEquals, assertThrows } from "@std/assert";
import { marginLoss } from "../../src/ops/margin_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { marginLoss as reference, marginLossBackward } from "../reference/margin_loss.ts";
import { uniformValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("marginLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const margin of [0, 5, null]) {
      for (const pairs of [1, 63, 64, 65, 200]) {
        const distances = uniformValues(2 * pairs, 1, { low: 0, high: 10 });
        const twice = pairs === 65;
        const { y, gradients } = await runOp(gpu, {
          inputs: { distances: { shape: [2, pairs], data: distances } },
          forward: (tape, tensors) => marginLoss(tape, tensors.distances, margin),
          dOutput: Float64Array.of(0.5),
          twice,
        });
        const name = { op: "marginLoss", case: `${pairs} pairs, margin ${margin}` };
        // Differences of numbers up to 15; WGSL grants exp 3 + 2 |x| ulp.
        const error = 15 * floatTolerance(2) + (3 + 2 * 10) * 2 ** -23;
        const relative = floatTolerance(pairs);
        assertClose(y, [reference(distances, margin)], { ...name, absolute: error, relative });
        const expected = marginLossBackward(distances, margin, twice ? 1 : 0.5);
        assertClose(gradients.distances, expected, {
          ...name,
          absolute: 0,
          relative: margin === null ? error : floatTolerance(2),
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 30);
});

Deno.test("marginLoss is finite for large differences, and not a number for one that is not", async () => {
  for (const gpu of await testGpus()) {
    for (const margin of [1, null]) {
      const run = async (...distances: number[]) => {
        const { y, gradients } = await runOp(gpu, {
          inputs: {
            distances: { shape: [distances.length], data: Float64Array.from(distances) },
          },
          forward: (tape, tensors) => marginLoss(tape, tensors.distances, margin),
          dOutput: Float64Array.of(1),
        });
        return [y[0], ...gradients.distances];
      };
      assertEquals(await run(1000, 0), [1000 + (margin ?? 0), 1, -1]);
      const [loss, ...slopes] = await run(0, 1000);
      assertEquals([loss, ...slopes.map(Math.abs)], [0, 0, 0]);
      assertEquals((await run(NaN, 0, 0, 0))[0], NaN);
      assertEquals((await run(0, 0, 0, NaN))[0], NaN);
    }
  }
});

Deno.test("marginLoss refuses an odd number of distances", async () => {
  const tape = new Tape(await testGpu());
  assertThrows(() => marginLoss(tape, tape.empty([3], "d"), 1), TypeError, "found 3 distances");
  tape.end();
});
