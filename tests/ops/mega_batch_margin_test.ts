import { assert, assertEquals, assertThrows } from "@std/assert";
import { megaBatchMargin } from "../../src/ops/mega_batch_margin.ts";
import { Tape } from "../../src/ops/tape.ts";
import { megaBatchMargin as reference } from "../reference/mega_batch_margin.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  B: number;
  C: number;
  tile?: readonly [number, number];
  lanes?: number;
  twice?: boolean;
  positiveMargin?: number;
  negativeMargin?: number;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4 },
  { B: 2, C: 4 },
  { B: 7, C: 8, lanes: 1 },
  { B: 7, C: 8, lanes: 32, twice: true },
  { B: 65, C: 20 },
  { B: 70, C: 12, tile: [16, 24], lanes: 4 },
  { B: 33, C: 36, tile: [33, 1], twice: true },
  { B: 33, C: 8, positiveMargin: -9, negativeMargin: 9 },
];

Deno.test("megaBatchMargin equals its reference, in one tile or many", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, tile, lanes, twice, positiveMargin = 0.8, negativeMargin = 0.3 } = test;
      const deviation = 1 / Math.sqrt(C);
      const anchors = normalValues(B * C, 1, { deviation });
      const positives = normalValues(B * C, 2, { deviation });
      const margins = { positiveMargin, negativeMargin };
      const dLoss = twice ? 0.25 : 0.5;
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          anchors: { shape: [B, C], data: anchors },
          positives: { shape: [B, C], data: positives, parameter: true },
        },
        forward: (tape, tensors) => megaBatchMargin(tape, { ...tensors, ...margins, tile, lanes }),
        dOutput: Float64Array.of(dLoss),
        twice,
      });
      const expected = reference({ anchors, positives, C, ...margins });
      const name = { case: JSON.stringify(test) };
      // Rows are about 1 long, with 4 deviations for the longest, so that scores are within 4.
      const absolute = 4 * floatTolerance(C) + 8 * floatTolerance(B);
      assertClose(y, [expected.loss], { op: "megaBatchMargin", ...name, absolute, relative: 0 });
      const check = (op: string, actual: Float32Array, gradient: Float64Array) =>
        assertClose(actual, gradient.map((value) => value * 0.5), {
          op,
          ...name,
          shape: [B, C],
          absolute: 4 * deviation * floatTolerance(B + 4),
          relative: 0,
        });
      check("dAnchors", gradients.anchors, expected.dAnchors);
      check("dPositives", gradients.positives, expected.dPositives);
      seen++;
    }
  }
  assertEquals(seen, 16);
});

Deno.test("megaBatchMargin takes the first of equally hard negatives, also of other tiles", async () => {
  const gpu = await testGpu();
  const [B, C] = [9, 4];
  // Every positive is the same: the hardest negative is 1 for anchor 0 and 0 for all others.
  const data = Float64Array.from({ length: B * C }, (_, at) => at % C === 0 ? 1 : 0);
  for (const tile of [undefined, [4, 2], [1, 1]] as const) {
    const { y, gradients } = await runOp(gpu, {
      inputs: { anchors: { shape: [B, C], data }, positives: { shape: [B, C], data } },
      forward: (tape, tensors) =>
        megaBatchMargin(tape, { ...tensors, positiveMargin: 0.5, negativeMargin: 0.5, tile }),
      dOutput: Float64Array.of(B),
    });
    assertEquals([...y], [0.5]);
    const firsts = Array.from({ length: B }, (_, i) => gradients.positives[i * C]);
    assertEquals(firsts, [8, 1, 0, 0, 0, 0, 0, 0, 0]);
  }
});

Deno.test("megaBatchMargin of NaN is NaN, wherever it is", async () => {
  const gpu = await testGpu();
  const [B, C] = [5, 4];
  for (const name of ["anchors", "positives"]) {
    const data = { anchors: normalValues(B * C, 1), positives: normalValues(B * C, 2) };
    data[name as "anchors"][2 * C + 1] = NaN;
    const { y } = await runOp(gpu, {
      inputs: {
        anchors: { shape: [B, C], data: data.anchors },
        positives: { shape: [B, C], data: data.positives },
      },
      forward: (tape, tensors) =>
        megaBatchMargin(tape, { ...tensors, positiveMargin: -100, negativeMargin: 100 }),
      dOutput: Float64Array.of(1),
    });
    assertEquals(Number.isNaN(y[0]), true, name);
  }
});

Deno.test("megaBatchMargin takes twice the memory for twice the batch", async () => {
  const gpu = await testGpu();
  const C = 8;
  const peakAt = async (B: number) => {
    const data = normalValues(B * C, 1);
    gpu.pool.resetPeak();
    const before = gpu.pool.counters.live;
    await runOp(gpu, {
      inputs: { anchors: { shape: [B, C], data }, positives: { shape: [B, C], data } },
      forward: (tape, tensors) =>
        megaBatchMargin(tape, {
          ...tensors,
          positiveMargin: 0.8,
          negativeMargin: 0.3,
          tile: [64, 64],
        }),
      dOutput: Float64Array.of(1),
    });
    return gpu.pool.counters.peak - before;
  };
  const [some, twice] = [await peakAt(512), await peakAt(1024)];
  assert(twice > 1.5 * some && twice <= 2 * some, `${some} bytes, then ${twice}`);
  // All scores would take 4 MiB.
  assert(twice < 2 ** 19, `${twice} bytes`);
});

Deno.test("megaBatchMargin refuses another number of positives", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const [anchors, positives] = [tape.empty([2, 4], "a"), tape.empty([3, 4], "p")];
  assertThrows(
    () => megaBatchMargin(tape, { anchors, positives, positiveMargin: 1, negativeMargin: 0 }),
    TypeError,
    "found shape [3,4], wanted [2,4]",
  );
  tape.end();
});
