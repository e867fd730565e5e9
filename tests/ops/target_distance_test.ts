import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/ops/tape.ts";
import { targetDistance, type TargetMetric } from "../../src/ops/target_distance.ts";
import { normalValues } from "../reference/random_values.ts";
import {
  targetDistance as reference,
  targetDistanceBackward,
} from "../reference/target_distance.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const METRICS: readonly TargetMetric[] = ["mse", "l2", "cosine"];
// N blocks of B rows of G columns, with targets for each block apart or not.
const CASES = [
  { N: 1, B: 1, G: 4, apart: false, lanes: 1 },
  { N: 1, B: 1, G: 5, apart: false, lanes: 64 },
  { N: 2, B: 33, G: 30, apart: false, lanes: 1, twice: true },
  { N: 3, B: 9, G: 65, apart: true, lanes: 32 },
];

Deno.test("targetDistance equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const metric of METRICS) {
      for (const test of CASES) {
        const { N, B, G, apart, lanes, twice = false } = test;
        const W = apart ? N * G : G;
        const [x, targets] = [normalValues(N * B * G, 1), normalValues(B * W, 2)];
        const dOutput = normalValues(N * B, 3);
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [N * B, G], data: x } },
          forward: (tape, tensors) => {
            const uploaded = tape.upload([B, W], Float32Array.from(targets), "targets");
            return targetDistance(tape, { ...tensors, targets: uploaded, metric, lanes });
          },
          dOutput,
          twice,
        });
        const input = { x, targets, B, G, metric };
        const name = { op: `targetDistance ${metric}`, case: JSON.stringify(test) };
        const relative = floatTolerance(G + 4);
        assertClose(y, reference(input), { ...name, absolute: relative, relative });
        const expected = targetDistanceBackward(input, dOutput);
        // Slopes are at most 2 * 10 / G, 1, or 2 over the length of the shortest row.
        const lengths = Array.from(
          { length: N * B },
          (_, r) => Math.hypot(...x.subarray(r * G, (r + 1) * G)),
        );
        const size = { mse: 20 / G, l2: 1, cosine: 2 / Math.min(...lengths) }[metric];
        assertClose(gradients.x, expected.map((g) => twice ? 2 * g : g), {
          ...name,
          absolute: 2 * 5 * size * relative,
          relative,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 24);
});

Deno.test("targetDistance is defined where vectors are equal or zero, and keeps a NaN", async () => {
  const run = async (metric: TargetMetric, data: Float64Array) => {
    const { y, gradients } = await runOp(await testGpu(), {
      inputs: { x: { shape: [1, 2], data } },
      forward: (tape, { x }) =>
        targetDistance(tape, {
          x,
          targets: tape.upload([1, 2], Float32Array.of(3, 4), "targets"),
          metric,
        }),
      dOutput: Float64Array.of(1),
    });
    return { y: [...y], dX: [...gradients.x] };
  };
  assertEquals(await run("l2", Float64Array.of(3, 4)), { y: [0], dX: [0, 0] });
  assertEquals(await run("mse", Float64Array.of(3, 4)), { y: [0], dX: [0, 0] });
  const zero = await run("cosine", Float64Array.of(0, 0));
  assertEquals(zero.y, [1]);
  assertClose(zero.dX, [-0.6e8, -0.8e8], { op: "dX", absolute: 0, relative: 2 ** -21 });
  for (const metric of METRICS) {
    const { y, dX } = await run(metric, Float64Array.of(NaN, 1));
    assert(Number.isNaN(y[0]) && Number.isNaN(dX[0]), metric);
  }
});

Deno.test("targetDistance refuses targets of other widths", async () => {
  const tape = new Tape(await testGpu());
  const x = tape.empty([4, 8], "x");
  for (const shape of [[4, 7], [3, 8], [2, 24], [8, 8]]) {
    assertThrows(
      () => targetDistance(tape, { x, targets: tape.empty(shape, "t"), metric: "mse" }),
      TypeError,
      `found targets [${shape}] for rows [4,8]`,
    );
  }
  tape.end();
});
