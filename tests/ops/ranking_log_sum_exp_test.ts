import { assertEquals, assertThrows } from "@std/assert";
import { rankingLogSumExp } from "../../src/ops/ranking_log_sum_exp.ts";
import { Tape } from "../../src/ops/tape.ts";
import { integerValues, uniformValues } from "../reference/random_values.ts";
import {
  rankingLogSumExp as reference,
  rankingLogSumExpBackward,
} from "../reference/ranking_log_sum_exp.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  B: number;
  /** Different labels. */
  levels: number;
  scale: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { B: 1, levels: 1, scale: 20 },
  { B: 2, levels: 2, scale: 20 },
  { B: 64, levels: 1, scale: 20 },
  { B: 65, levels: 2, scale: 1, twice: true },
  { B: 63, levels: 100, scale: 20 },
  { B: 300, levels: 6, scale: 80 },
  { B: 130, levels: 5, scale: 1000 },
];

/**
 * Exponents of up to `2 scale` are off by the rounding of their products; WGSL grants exp 3 + 2 |x| ulp.
 */
function tolerance({ B, scale }: Case): number {
  return 2 * scale * floatTolerance(4) + (3 + 4 * scale) * 2 ** -23 + floatTolerance(B);
}

Deno.test("rankingLogSumExp equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, levels, scale, twice = false } = test;
      const scores = uniformValues(B, 1);
      const labels = Float32Array.from(integerValues(B, 2, levels), (level) => level / levels);
      const dLoss = 0.5;
      const { y, gradients } = await runOp(gpu, {
        inputs: { scores: { shape: [B], data: scores } },
        forward: (tape, tensors) =>
          rankingLogSumExp(tape, { ...tensors, labels: tape.upload([B], labels, "labels"), scale }),
        dOutput: Float64Array.of(dLoss),
        twice,
      });
      const input = { scores, labels, scale };
      const name = { op: "rankingLogSumExp", case: JSON.stringify(test) };
      const relative = tolerance(test);
      assertClose(y, [reference(input)], { ...name, absolute: relative, relative: 0 });
      // A score's gradient is a difference of shares of at most scale.
      assertClose(gradients.scores, rankingLogSumExpBackward(input, dLoss * (twice ? 2 : 1)), {
        ...name,
        absolute: relative * scale * (twice ? 2 : 1),
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 14);
});

Deno.test("rankingLogSumExp turns the labels of further scores around", async () => {
  const [A, N] = [5, 3];
  const scores = uniformValues(N * A, 1);
  for (const gpu of await testGpus()) {
    for (const own of [null, [0.2, 1, 0, 0.5, 0.9]]) {
      const run = async (whole: number[] | null) => {
        const { y, gradients } = await runOp(gpu, {
          inputs: { scores: { shape: [N * A], data: scores } },
          forward: (tape, tensors) => {
            const data = whole ?? own;
            const labels = data && tape.upload([data.length], Float32Array.from(data), "labels");
            return rankingLogSumExp(tape, {
              ...tensors,
              labels,
              labelCount: data?.length ?? A,
              scale: 20,
            });
          },
          dOutput: Float64Array.of(1),
        });
        return [...y, ...gradients.scores];
      };
      const first = Array.from(Float32Array.from(own ?? Array(A).fill(1)));
      const turned = first.map((label) => Math.fround(1 - label));
      assertEquals(await run(null), await run([...first, ...turned, ...turned]));
    }
  }
});

Deno.test("rankingLogSumExp of a score that is not a number is not a number, whatever the labels", async () => {
  for (const gpu of await testGpus()) {
    for (const labels of [[0, 0, 0], [0, 1, 2], [2, 1, 0]]) {
      const { y } = await runOp(gpu, {
        inputs: { scores: { shape: [3], data: Float64Array.of(1, NaN, 1) } },
        forward: (tape, tensors) =>
          rankingLogSumExp(tape, {
            ...tensors,
            labels: tape.upload([3], Float32Array.from(labels), "labels"),
            scale: 20,
          }),
        dOutput: Float64Array.of(1),
      });
      assertEquals([...y], [NaN]);
    }
  }
});

Deno.test("rankingLogSumExp holds no pair", async () => {
  const gpu = await testGpu();
  const B = 2048;
  const live = gpu.pool.counters.live;
  const tape = new Tape(gpu);
  const scores = tape.upload([B], Float32Array.from(uniformValues(B, 1)), "scores");
  gpu.pool.counters.peak = live;
  rankingLogSumExp(tape, { scores, labels: scores, scale: 1 });
  // All pairs would take 16 MiB.
  assertEquals(gpu.pool.counters.peak - live < 2 ** 17, true);
  tape.end();
});

Deno.test("rankingLogSumExp refuses labels that fit no scores", async () => {
  const tape = new Tape(await testGpu());
  const [scores, labels] = [tape.empty([3], "scores"), tape.empty([2], "labels")];
  assertThrows(
    () => rankingLogSumExp(tape, { scores, labels, scale: 1 }),
    TypeError,
    "found shape [2], wanted [3]",
  );
  assertThrows(
    () => rankingLogSumExp(tape, { scores, labels, labelCount: 2, scale: 1 }),
    TypeError,
    "found 2 labels for 3 scores",
  );
  tape.end();
});
