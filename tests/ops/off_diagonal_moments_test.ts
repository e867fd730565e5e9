import { assertEquals } from "@std/assert";
import { offDiagonalMoments } from "../../src/ops/off_diagonal_moments.ts";
import {
  offDiagonalMoments as reference,
  offDiagonalMomentsBackward,
} from "../reference/off_diagonal_moments.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const CASES: readonly { B: number; C: number; edges?: [number, number]; twice?: boolean }[] = [
  { B: 1, C: 4 },
  { B: 2, C: 8 },
  { B: 65, C: 20 },
  { B: 33, C: 12, edges: [7, 9], twice: true },
  { B: 20, C: 16, edges: [64, 8] },
];

Deno.test("offDiagonalMoments equals its reference, in one tile or many", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, edges, twice = false } = test;
      // Rows of length about 1: products are at most about 4 / sqrt(C) off the diagonal.
      const x = normalValues(B * C, 1, { deviation: 1 / Math.sqrt(C) });
      const dOutput = Float64Array.of(0.75, -2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [B, C], data: x } },
        forward: (tape, tensors) => offDiagonalMoments(tape, tensors.x, edges),
        dOutput,
        twice,
      });
      const name = { op: "offDiagonalMoments", case: JSON.stringify(test) };
      const rounding = floatTolerance(C + B);
      assertClose(y, reference(x, C), { ...name, absolute: 2 * rounding, relative: 0 });
      const expected = offDiagonalMomentsBackward(x, dOutput, C);
      // A gradient is a mean of factors of at most 2 (0.75 + 4) times components of at most 2, over B / 2.
      assertClose(gradients.x, expected.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 40 / B * rounding,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("offDiagonalMoments of one row are 0, without a gradient; of a NaN they are NaN", async () => {
  const run = async (B: number, first: number) =>
    await runOp(await testGpu(), {
      inputs: { x: { shape: [B, 4], data: new Float64Array(4 * B).fill(1).fill(first, 0, 1) } },
      forward: (tape, { x }) => offDiagonalMoments(tape, x),
      dOutput: Float64Array.of(1, 1),
    });
  const { y, gradients } = await run(1, 1);
  assertEquals([...y, ...gradients.x], [0, 0, 0, 0, 0, 0]);
  assertEquals([...(await run(2, 1)).y], [4, 16]);
  assertEquals([...(await run(3, NaN)).y], [NaN, NaN]);
});

Deno.test("offDiagonalMoments never holds the matrix of all products", async () => {
  const gpu = await testGpu();
  const [B, C] = [4096, 4];
  await runOp(gpu, {
    inputs: { x: { shape: [B, C], data: normalValues(B * C, 1) } },
    forward: (tape, { x }) => offDiagonalMoments(tape, x),
    dOutput: Float64Array.of(1, 1),
  });
  // All products would take 64 MiB.
  assertEquals(gpu.pool.counters.peak < 16 * 2 ** 20, true);
});
