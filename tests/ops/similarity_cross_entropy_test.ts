import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ScoreBlock,
  similarityCrossEntropy,
  type SimilarityCrossEntropyInputs,
} from "../../src/ops/similarity_cross_entropy.ts";
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
  /** What the case adds to the block of anchors against candidates. */
  rules?: Pick<SimilarityCrossEntropyInputs, "blocks" | "partition" | "hardness">;
  /** Length of a guide's embeddings, and its margin. */
  guide?: { G: number; margin: number; relative: boolean };
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

const EVERY_BLOCK: readonly ScoreBlock[] = [
  { rows: "anchors", against: "anchors", excludesOwn: true },
  { rows: "positives", against: "anchors" },
  { rows: "positives", against: "candidates", excludesOwn: true },
];
const GIST: readonly ScoreBlock[] = [
  { rows: "anchors", against: "anchors" },
  { rows: "positives", against: "positives" },
];
const EVERY = { blocks: EVERY_BLOCK };
const SYMMETRIC = { blocks: [EVERY_BLOCK[1]], partition: "per_block" } as const;
const ALL_HARDER = { blocks: EVERY_BLOCK, hardness: { own: 9, others: 9 } };
const GUIDE = { G: 8, margin: 0, relative: false };
const NARROW = { G: 20, margin: 0.2, relative: true };

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
  { B: 1, M: 1, C: 4, scale: 20, rules: EVERY },
  { B: 5, M: 15, C: 8, scale: 20, rules: EVERY },
  { B: 33, M: 66, C: 12, scale: 5, rules: EVERY, tile: [7, 9], twice: true },
  { B: 1, M: 1, C: 4, scale: 20, rules: SYMMETRIC },
  { B: 65, M: 130, C: 20, scale: 20, rules: SYMMETRIC },
  { B: 33, M: 33, C: 12, scale: 5, rules: SYMMETRIC, tile: [16, 8], twice: true },
  { B: 20, M: 60, C: 16, scale: 20, rules: { hardness: { own: 5, others: 0 } } },
  { B: 20, M: 40, C: 16, scale: 20, rules: { hardness: { own: 0, others: 9 } }, tile: [8, 8] },
  { B: 20, M: 40, C: 16, scale: 20, rules: ALL_HARDER, tile: [16, 24] },
  { B: 1, M: 3, C: 4, scale: 100, rules: { blocks: GIST }, guide: GUIDE },
  { B: 20, M: 20, C: 16, scale: 20, rules: { blocks: GIST }, guide: GUIDE },
  { B: 33, M: 99, C: 12, scale: 20, rules: { blocks: GIST }, guide: NARROW, tile: [9, 16] },
];

Deno.test("similarityCrossEntropy equals its reference, in one tile or many", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, M, C, scale, labelSmoothing, tile, rules, guide, twice = false } = test;
      const deviation = test.deviation ?? 1 / Math.sqrt(C);
      const anchors = normalValues(B * C, 1, { deviation });
      const candidates = normalValues(M * C, 2, { deviation });
      const advice = guide && {
        ...guide,
        anchors: normalValues(B * guide.G, 3),
        candidates: normalValues(M * guide.G, 4),
      };
      const dLoss = 0.5;
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          anchors: { shape: [B, C], data: anchors },
          candidates: { shape: [M, C], data: candidates },
        },
        forward: (tape, tensors) =>
          similarityCrossEntropy(tape, {
            ...tensors,
            ...rules,
            guide: advice && {
              ...advice,
              anchors: tape.upload([B, advice.G], Float32Array.from(advice.anchors), "guide"),
              candidates: tape.upload([M, advice.G], Float32Array.from(advice.candidates), "guide"),
            },
            scale,
            labelSmoothing,
            tile,
          }),
        dOutput: Float64Array.of(dLoss),
        twice,
      });
      const input = { anchors, candidates, C, scale, labelSmoothing, ...rules, guide: advice };
      // Scores of up to `top` in size carry an absolute error, which the exponential makes a relative one;
      // WGSL grants exp 3 + 2 |x| ulp.
      const { own = 0, others = 0 } = rules?.hardness ?? {};
      const top = (scale + Math.max(own, others)) * deviation ** 2 * Math.sqrt(C) * 4;
      // Blocks bring at most as many scores again for the anchors, and as many and B for the positives.
      const terms = (M + B) * (1 + (rules?.blocks?.length ?? 0));
      const relative = top * floatTolerance(C) + (3 + 4 * top) * 2 ** -23 + floatTolerance(terms);
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
      const further = rules?.blocks?.length ?? 0;
      check("dAnchors", gradients.anchors, expected.dAnchors, 1 + further * B);
      check("dCandidates", gradients.candidates, expected.dCandidates, B * (1 + further));
      seen++;
    }
  }
  assertEquals(seen, 48);
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

Deno.test("similarityCrossEntropy takes twice the memory for twice the batch, with every rule", async () => {
  const gpu = await testGpu();
  const [C, M] = [8, 2];
  const peakAt = async (B: number) => {
    const anchors = { shape: [B, C], data: normalValues(B * C, 1) };
    const candidates = { shape: [M * B, C], data: normalValues(M * B * C, 2) };
    gpu.pool.resetPeak();
    const before = gpu.pool.counters.live;
    await runOp(gpu, {
      inputs: { anchors, candidates },
      forward: (tape, tensors) =>
        similarityCrossEntropy(tape, {
          ...tensors,
          scale: 1,
          blocks: EVERY_BLOCK,
          hardness: { own: 1, others: 1 },
          guide: { ...tensors, margin: 0, relative: false },
          tile: [64, 64],
        }),
      dOutput: Float64Array.of(1),
    });
    return gpu.pool.counters.peak - before;
  };
  const [some, twice] = [await peakAt(256), await peakAt(512)];
  assert(twice > 1.5 * some && twice <= 2 * some, `${some} bytes, then ${twice}`);
  // One block of scores at once would take 2 MiB.
  assert(twice < 2 ** 19, `${twice} bytes`);
});

Deno.test("similarityCrossEntropy of NaN is NaN, whatever the rules", async () => {
  const gpu = await testGpu();
  const [B, C] = [3, 4];
  for (const place of [0, B * C + 5]) {
    const data = normalValues(2 * B * C, 1);
    data[place] = NaN;
    const advice = normalValues(B * C, 2);
    const { y } = await runOp(gpu, {
      inputs: {
        anchors: { shape: [B, C], data: data.slice(0, B * C) },
        candidates: { shape: [B, C], data: data.slice(B * C) },
      },
      forward: (tape, tensors) => {
        const guide = tape.upload([B, C], Float32Array.from(advice), "guide");
        return similarityCrossEntropy(tape, {
          ...tensors,
          scale: 1,
          blocks: EVERY_BLOCK,
          guide: { anchors: guide, candidates: guide, margin: 0, relative: false },
        });
      },
      dOutput: Float64Array.of(1),
    });
    assertEquals(Number.isNaN(y[0]), true);
  }
});

Deno.test("similarityCrossEntropy refuses smoothing beside rules, and a guide of other texts", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const [anchors, candidates] = [tape.empty([2, 4], "a"), tape.empty([2, 4], "d")];
  const run = (rules: Partial<SimilarityCrossEntropyInputs>) => () =>
    similarityCrossEntropy(tape, { anchors, candidates, scale: 1, ...rules });
  const guide = { anchors, candidates, margin: 0, relative: false };
  for (const rules of [{ blocks: EVERY_BLOCK }, { guide }]) {
    assertThrows(
      run({ ...rules, labelSmoothing: 0.1 }),
      RangeError,
      "labelSmoothing is 0.1, wanted 0 with further blocks or a guide",
    );
  }
  assertThrows(
    run({ guide: { ...guide, candidates: tape.empty([3, 4], "g") } }),
    TypeError,
    'argument "guide.candidates" ("g"): found shape [3,4], wanted [2,4]',
  );
  tape.end();
});
