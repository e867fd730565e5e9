import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { similarityCrossEntropy } from "../../src/ops/similarity_cross_entropy.ts";
import { Tape } from "../../src/ops/tape.ts";
import { normalValues } from "../reference/random_values.ts";
import {
  similarityCrossEntropy as reference,
  similarityCrossEntropyBackward,
} from "../reference/similarity_cross_entropy.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  B: number;
  M: number;
  C: number;
  scale: number;
  labelSmoothing?: number;
  tile?: [number, number];
  twice?: boolean;
  /** Standard deviation of the embeddings; 1 / sqrt(C) makes cosines. */
  deviation?: number;
}

const CASES: readonly Case[] = [
  { B: 1, M: 1, C: 4, scale: 20 },
  { B: 1, M: 5, C: 4, scale: 1 },
  { B: 64, M: 64, C: 32, scale: 20 },
  { B: 65, M: 130, C: 20, scale: 20 },
  { B: 63, M: 200, C: 8, scale: 20, tile: [16, 24] },
  { B: 33, M: 33, C: 12, scale: 5, tile: [7, 9], twice: true },
  { B: 20, M: 40, C: 16, scale: 20, tile: [64, 8], deviation: 1 },
  { B: 1, M: 1, C: 4, scale: 20, labelSmoothing: 0.3 },
  { B: 65, M: 130, C: 20, scale: 20, labelSmoothing: 0.1 },
  { B: 63, M: 200, C: 8, scale: 20, tile: [16, 24], labelSmoothing: 0.1 },
  { B: 33, M: 33, C: 12, scale: 5, tile: [7, 9], twice: true, labelSmoothing: 1 },
  { B: 20, M: 40, C: 16, scale: 20, tile: [64, 8], deviation: 1, labelSmoothing: 0.5 },
];

Deno.test("similarityCrossEntropy equals its reference, in one tile or many", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, M, C, scale, labelSmoothing, tile, twice = false } = test;
      const deviation = test.deviation ?? 1 / Math.sqrt(C);
      const anchors = normalValues(B * C, 1, { deviation });
      const candidates = normalValues(M * C, 2, { deviation });
      const dLoss = 0.5;
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          anchors: { shape: [B, C], data: anchors },
          candidates: { shape: [M, C], data: candidates },
        },
        forward: (tape, tensors) =>
          similarityCrossEntropy(tape, { ...tensors, scale, labelSmoothing, tile }),
        dOutput: Float64Array.of(dLoss),
        twice,
      });
      const input = { anchors, candidates, C, scale, labelSmoothing };
      // Scores of up to `top` in size carry an absolute error, which the exponential makes a relative one;
      // WGSL grants exp 3 + 2 |x| ulp.
      const top = scale * deviation ** 2 * Math.sqrt(C) * 4;
      const relative = top * floatTolerance(C) + (3 + 4 * top) * 2 ** -23 + floatTolerance(M + B);
      const name = { case: JSON.stringify(test) };
      // The mean of M scores rounds as often as it has terms.
      const mean = (labelSmoothing ?? 0) * top * floatTolerance(M);
      assertClose(y, [reference(input).loss], {
        op: "similarityCrossEntropy",
        ...name,
        absolute: top * floatTolerance(C + B) + mean + relative,
        relative,
      });
      const expected = similarityCrossEntropyBackward(input, dLoss * (twice ? 2 : 1));
      const size = scale * deviation * 4 / B * (twice ? 2 : 1);
      const check = (op: string, actual: Float32Array, gradient: Float64Array, terms: number) =>
        assertClose(actual, gradient, {
          op: `similarityCrossEntropy ${op}`,
          ...name,
          absolute: relative * size * Math.sqrt(terms),
          relative,
        });
      check("dAnchors", gradients.anchors, expected.dAnchors, 1);
      check("dCandidates", gradients.candidates, expected.dCandidates, B);
      seen++;
    }
  }
  assertEquals(seen, 24);
});

Deno.test("similarityCrossEntropy smoothed by 0 is the one that is not smoothed, bit for bit", async () => {
  const [B, M, C] = [9, 14, 8];
  const anchors = { shape: [B, C], data: normalValues(B * C, 1) };
  const candidates = { shape: [M, C], data: normalValues(M * C, 2) };
  const run = async (labelSmoothing?: number) =>
    await runOp(await testGpu(), {
      inputs: { anchors, candidates },
      forward: (tape, tensors) =>
        similarityCrossEntropy(tape, { ...tensors, scale: 3, labelSmoothing, tile: [4, 5] }),
      dOutput: Float64Array.of(1),
    });
  assertEquals(await run(0), await run());
});

Deno.test("similarityCrossEntropy survives scores of hundreds", async () => {
  const gpu = await testGpu();
  const anchors = Float64Array.of(4, 0, 0, 0, 0, 4, 0, 0);
  const candidates = Float64Array.of(0, 4, 0, 0, 4, 0, 0, 0);
  const { y, gradients } = await runOp(gpu, {
    inputs: {
      anchors: { shape: [2, 4], data: anchors },
      candidates: { shape: [2, 4], data: candidates },
    },
    forward: (tape, tensors) => similarityCrossEntropy(tape, { ...tensors, scale: 20 }),
    dOutput: Float64Array.of(1),
  });
  assertEquals([...y], [320]);
  // Each anchor gets half of scale (wrong candidate - right candidate).
  assertEquals([...gradients.anchors], [40, -40, 0, 0, -40, 40, 0, 0]);
});

Deno.test("similarityCrossEntropy never holds the matrix of all scores", async () => {
  const gpu = await testGpu();
  const [B, C] = [4096, 4];
  const data = normalValues(B * C, 1);
  await runOp(gpu, {
    inputs: { anchors: { shape: [B, C], data }, candidates: { shape: [B, C], data } },
    forward: (tape, tensors) => similarityCrossEntropy(tape, { ...tensors, scale: 1 }),
    dOutput: Float64Array.of(1),
  });
  // All scores would take 64 MiB.
  assertEquals(gpu.pool.counters.peak < 16 * 2 ** 20, true);
});

Deno.test("similarityCrossEntropy refuses a smoothing outside [0, 1]", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const [anchors, candidates] = [tape.empty([2, 4], "a"), tape.empty([2, 4], "d")];
  for (const labelSmoothing of [-0.1, 1.1, NaN]) {
    assertThrows(
      () => similarityCrossEntropy(tape, { anchors, candidates, scale: 1, labelSmoothing }),
      RangeError,
      `labelSmoothing is ${labelSmoothing}, wanted [0, 1]`,
    );
  }
  tape.end();
});

Deno.test("similarityCrossEntropy refuses anchors without a positive", async () => {
  const gpu = await testGpu();
  await assertRejects(
    () =>
      runOp(gpu, {
        inputs: {
          anchors: { shape: [3, 4], data: new Float64Array(12) },
          candidates: { shape: [2, 4], data: new Float64Array(8) },
        },
        forward: (tape, tensors) => similarityCrossEntropy(tape, { ...tensors, scale: 1 }),
        dOutput: Float64Array.of(1),
      }),
    TypeError,
    "found 2 candidates for 3 anchors",
  );
});
