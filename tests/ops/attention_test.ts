import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  attention,
  type AttentionVariant,
  uploadAttentionLayout,
} from "../../src/ops/attention.ts";
import { dropoutThreshold } from "../../src/ops/dropout.ts";
import { Tape } from "../../src/ops/tape.ts";
import { attention as reference, attentionBackward } from "../reference/attention.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  lengths: readonly number[];
  C: number;
  H: number;
  /** Makes the values of row and column; normal ones by default. */
  values?: (row: number, column: number) => number;
  /** Runs the op twice over the same input, so that gradients add up. */
  twice?: boolean;
  /** Takes the input from a window of a slab. */
  parameter?: boolean;
  dropout?: number;
}

/** With D = 16, every score is 80 or -80. */
const extreme = (row: number, column: number) =>
  Math.fround(Math.sqrt(20)) *
  (column < 32 && (row * 7 + Math.floor(column / 16)) % 3 === 0 ? -1 : 1);

const CASES: readonly Case[] = [
  { lengths: [1], C: 4, H: 1 },
  { lengths: [1, 1, 2], C: 8, H: 2 },
  { lengths: [7, 8, 9], C: 24, H: 2 },
  { lengths: [15, 16, 17], C: 32, H: 2 },
  { lengths: [31, 32, 33], C: 16, H: 2 },
  { lengths: [63, 64, 65, 1], C: 16, H: 1 },
  { lengths: [1, 512, 3], C: 16, H: 1 },
  { lengths: [5, 34], C: 64, H: 1 },
  { lengths: [18, 3], C: 136, H: 2 },
  { lengths: [18, 3], C: 96, H: 1 },
  { lengths: [5, 33], C: 128, H: 1 },
  { lengths: [19, 2], C: 16, H: 2, twice: true },
  { lengths: [19, 2], C: 16, H: 2, parameter: true },
  { lengths: [9, 70], C: 16, H: 1, values: extreme },
  { lengths: [20], C: 16, H: 2, values: () => 0.5 },
  { lengths: [20, 66], C: 16, H: 2, dropout: 0.25 },
];
const SEED = 7;

async function variants(): Promise<AttentionVariant[]> {
  const gpu = await testGpu();
  return gpu.lanes >= 8 ? ["workgroup", "subgroup"] : ["workgroup"];
}

function startsOf(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => starts[i + 1] = starts[i] + length);
  return starts;
}

/** The first word of pcg3d (Jarzynski and Olano, 2020) of three words, in integers without limit. */
function hash(words: readonly number[]): number {
  const mask = 0xffffffffn;
  const mix = (v: bigint[]) => {
    v[0] = (v[0] + v[1] * v[2]) & mask;
    v[1] = (v[1] + v[2] * v[0]) & mask;
    v[2] = (v[2] + v[0] * v[1]) & mask;
    return v;
  };
  const v = mix(words.map((word) => (BigInt(word >>> 0) * 1664525n + 1013904223n) & mask));
  return Number(mix(v.map((word) => word ^ (word >> 16n)))[0]);
}

async function mask(
  { dropout: p = 0, H }: Case,
): Promise<{ p: number; keep: (row: number, key: number, head: number) => boolean }> {
  const [x, y] = new Tape(await testGpu(), { seed: SEED }).randomKey();
  const keep = (row: number, key: number, head: number) =>
    hash([(row * H + head) ^ x, key ^ y, x + y]) >= dropoutThreshold(p);
  return { p, keep };
}

function largest(values: Float64Array, from: number, to: number, columns: number): number {
  return values.reduce(
    (most, value, i) =>
      i % columns >= from && i % columns < to ? Math.max(most, Math.abs(value)) : most,
    0,
  );
}

/** How far apart results may be, absolutely; see the comments. */
function tolerances(
  test: Case,
  qkv: Float64Array,
  dOutput: Float64Array,
): { context: number; gradient: number } {
  const { C, H, lengths, dropout = 0, twice = false } = test;
  const D = C / H;
  const longest = Math.max(...lengths);
  const [q, k, v] = [0, 1, 2].map((third) => largest(qkv, third * C, (third + 1) * C, 3 * C));
  // A score is a sum of D products of random signs; its absolute error is a relative one of its
  // exponential, to which WGSL grants 3 + 2 |x| ulp, x being a distance between two scores.
  const score = test.values === undefined ? q * k : q * k * Math.sqrt(D);
  const probability = 2 * floatTolerance(D) * score + (3 + 4 * score) * 2 ** -23 +
    floatTolerance(longest);
  // d_p is a sum of D products too, and every gradient a sum of probabilities times at most d_p k.
  const dP = largest(dOutput, 0, C, C) * v * Math.sqrt(D) / (1 - dropout);
  const dScore = (2 * probability + floatTolerance(D)) * dP / Math.sqrt(D);
  const dV = probability * largest(dOutput, 0, C, C) / (1 - dropout);
  const columnSum = Math.sqrt(longest);
  return {
    context: probability * v / (1 - dropout),
    gradient: columnSum * Math.max(dScore * Math.max(q, k), dV) * (twice ? 2 : 1),
  };
}

async function check(test: Case, variant: AttentionVariant): Promise<void> {
  const { lengths, C, H, twice = false, parameter, dropout } = test;
  const sequenceStarts = startsOf(lengths);
  const T = sequenceStarts[lengths.length];
  const qkv = test.values === undefined
    ? normalValues(T * 3 * C, 1)
    : Float64Array.from({ length: T * 3 * C }, (_, i) =>
      test.values!(Math.floor(i / (3 * C)), i % (3 * C)));
  const dOutput = normalValues(T * C, 2);
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { qkv: { shape: [T, 3 * C], data: qkv, parameter } },
    forward: (tape, tensors) =>
      attention(tape, {
        qkv: tensors.qkv,
        layout: uploadAttentionLayout(tape, sequenceStarts, variant),
        heads: H,
        dropout,
      }),
    dOutput,
    seed: SEED,
    twice,
  });
  const input = {
    qkv,
    sequenceStarts,
    C,
    H,
    dropout: dropout === undefined ? undefined : await mask(test),
  };
  const { context, gradient } = tolerances(test, qkv, dOutput);
  const name = `${variant} ${JSON.stringify(test)}`;
  assertClose(y, reference(input).context, {
    op: "attention",
    case: name,
    shape: [T, C],
    absolute: context,
    relative: 0,
  });
  const expected = attentionBackward(input, dOutput).map((value) => value * (twice ? 2 : 1));
  assertClose(gradients.qkv, expected, {
    op: "attention backward",
    case: name,
    shape: [T, 3 * C],
    absolute: gradient,
    relative: 0,
  });
}

Deno.test("attention equals its reference, forward and backward, at every edge", async () => {
  let seen = 0;
  for (const variant of await variants()) {
    for (const test of CASES) {
      await check(test, variant);
      seen++;
    }
  }
  assertEquals(seen, 16 * (await variants()).length);
});

Deno.test("attention drops the share that it is told to, and none outside training", async () => {
  const gpu = await testGpu();
  const T = 64;
  for (const variant of await variants()) {
    // Equal queries and keys: a row's context is the share of the weights that stay.
    const data = new Float32Array(T * 12).map((_, i) => i % 12 < 8 ? 0 : 1);
    const qkv = gpu.upload([T, 12], data, "qkv");
    for (const training of [true, false]) {
      const tape = new Tape(gpu, { training, seed: SEED });
      const layout = uploadAttentionLayout(tape, Uint32Array.of(0, T), variant);
      const y = await gpu.read(attention(tape, { qkv, layout, heads: 1, dropout: 0.25 }));
      const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
      // 4,096 draws of deviation sqrt(p / (1 - p)): five deviations of their mean.
      const bound = training ? 5 * Math.sqrt(1 / 3) / 64 : floatTolerance(T);
      assert(Math.abs(mean - 1) <= bound, `${variant}: the mean is ${mean}`);
      assertEquals(new Set(y).size > 1, training);
      tape.end();
    }
    gpu.release(qkv);
  }
});

Deno.test("attention covers more than 65,535 workgroups", async () => {
  const gpu = await testGpu();
  const [S, C] = [65_537, 4];
  const starts = Uint32Array.from({ length: S + 1 }, (_, i) => i);
  const data = new Float32Array(S * 3 * C).map((_, i) => i % 251);
  const qkv = gpu.upload([S, 3 * C], data, "qkv");
  for (const variant of await variants()) {
    const tape = new Tape(gpu);
    const layout = uploadAttentionLayout(tape, starts, variant);
    const y = await gpu.read(attention(tape, { qkv, layout, heads: 1 }));
    const wrong = y.findIndex((value, i) =>
      value !== data[Math.floor(i / C) * 3 * C + 2 * C + i % C]
    );
    assertEquals(wrong, -1);
    tape.end();
  }
  gpu.release(qkv);
});

Deno.test("attention refuses heads and shapes that do not fit", async () => {
  const tape = new Tape(await testGpu());
  const layout = uploadAttentionLayout(tape, Uint32Array.of(0, 2));
  const run = (columns: number, heads: number) =>
    attention(tape, { qkv: tape.empty([2, columns], "qkv"), layout, heads });
  assertThrows(() => run(24, 3), TypeError, "3 heads share 8 columns; wanted a multiple of 4");
  assertThrows(() => run(3 * 132, 1), TypeError, "1 heads share 132 columns");
  const short = tape.empty([1, 24], "short");
  assertThrows(() => attention(tape, { qkv: short, layout, heads: 2 }), TypeError, "wanted [2,24]");
  tape.end();
});
