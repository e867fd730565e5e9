import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import {
  attention,
  type AttentionVariant,
  uploadAttentionLayout,
} from "../../src/ops/attention.ts";
import { dropoutThreshold } from "../../src/ops/dropout.ts";
import { Tape } from "../../src/ops/tape.ts";
import { attention as reference, attentionGradients } from "../reference/attention.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";
import { type AttentionCase as Case, CASES } from "./attention_cases.ts";

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
): { context: number; gradient: number; table: number } {
  const { C, H, lengths, dropout = 0, twice = false, bias } = test;
  const D = C / H;
  const longest = Math.max(...lengths);
  const T = lengths.reduce((sum, length) => sum + length);
  const [q, k, v] = [0, 1, 2].map((third) => largest(qkv, third * C, (third + 1) * C, 3 * C));
  // A score is a sum of D products of random signs; its absolute error is a relative one of its
  // exponential, to which WGSL grants 3 + 2 |x| ulp, x being a distance between two scores.
  const score = (test.values === undefined ? q * k : q * k * Math.sqrt(D)) +
    (bias === undefined ? 0 : 4);
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
    // A bucket gets one such gradient, unscaled, of every pair of rows at most.
    table: Math.sqrt(T) * columnSum * dScore * Math.sqrt(D) * (twice ? 2 : 1),
  };
}

/** Buckets of the distances from -reach on, in no order that the kernels could guess. */
function bucketsOf({ bias = { buckets: 4, reach: 0 } }: Case): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: 2 * bias.reach + 1 }, (_, i) => i * 7 % bias.buckets);
}

async function check(gpu: Gpu, test: Case, variant: AttentionVariant): Promise<void> {
  const { lengths, C, H, twice = false, parameter, dropout, window, causal, bias } = test;
  const sequenceStarts = startsOf(lengths);
  const T = sequenceStarts[lengths.length];
  const qkv = test.values === undefined
    ? normalValues(T * 3 * C, 1)
    : Float64Array.from({ length: T * 3 * C }, (_, i) =>
      test.values!(Math.floor(i / (3 * C)), i % (3 * C)));
  const dOutput = normalValues(T * C, 2);
  const table = normalValues((bias?.buckets ?? 4) * H, 3);
  const buckets = bucketsOf(test);
  const { y, gradients } = await runOp(gpu, {
    inputs: {
      qkv: { shape: [T, 3 * C], data: qkv, parameter },
      table: { shape: [table.length / H, H], data: table, parameter: true },
    },
    forward: (tape, tensors) =>
      attention(tape, {
        qkv: tensors.qkv,
        layout: uploadAttentionLayout(tape, sequenceStarts, variant),
        heads: H,
        dropout,
        window,
        causal,
        bias: bias && {
          table: tensors.table,
          buckets: tape.upload([buckets.length], buckets, "buckets"),
        },
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
    window,
    causal,
    bias: bias && {
      table,
      bucketOf: (distance: number) =>
        buckets[Math.max(-bias.reach, Math.min(bias.reach, distance)) + bias.reach],
    },
  };
  const { context, gradient, table: tableGradient } = tolerances(test, qkv, dOutput);
  const name = `${variant} ${JSON.stringify(test)}`;
  assertClose(y, reference(input).context, {
    op: "attention",
    case: name,
    shape: [T, C],
    absolute: context,
    relative: 0,
  });
  const times = (values: Float64Array) => values.map((value) => value * (twice ? 2 : 1));
  const { dQkv, dTable } = attentionGradients(input, dOutput);
  assertClose(gradients.qkv, times(dQkv), {
    op: "attention backward",
    case: name,
    shape: [T, 3 * C],
    absolute: gradient,
    relative: 0,
  });
  if (bias === undefined) return assertEquals(gradients.table, new Float32Array(table.length));
  assertClose(gradients.table, times(dTable), {
    op: "attention bias",
    case: name,
    shape: [bias.buckets, H],
    absolute: tableGradient,
    relative: 0,
  });
}

Deno.test("attention equals its reference, forward and backward, at every edge", async () => {
  let seen = 0;
  const [textures, buffers] = await testGpus();
  for (const variant of await variants()) {
    for (const test of CASES) {
      await check(textures, test, variant);
      seen++;
      if (!test.causal && test.window === undefined && test.bias === undefined) continue;
      await check(buffers, test, variant);
      seen++;
    }
  }
  assertEquals(seen, (33 + 17) * (await variants()).length);
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

Deno.test("attention does not visit tiles outside the window", async () => {
  const gpu = await testGpu();
  const [T, window, bad] = [300, 8, 200];
  const data = Float32Array.from(normalValues(T * 24, 1));
  const spoiled = data.slice().fill(NaN, bad * 24);
  for (const variant of await variants()) {
    const run = async (values: Float32Array<ArrayBuffer>) => {
      const tape = new Tape(gpu);
      const qkv = tape.upload([T, 24], values, "qkv");
      const layout = uploadAttentionLayout(tape, Uint32Array.of(0, T), variant);
      const y = await gpu.read(attention(tape, { qkv, layout, heads: 1, window }));
      tape.end();
      return y;
    };
    // A workgroup owns up to 32 rows and visits rows by up to 64 at once.
    const untouched = 8 * (bad - 32 - window - 64);
    const expected = await run(data);
    assertEquals((await run(spoiled)).slice(0, untouched), expected.slice(0, untouched));
    assert(expected.every(Number.isFinite));
  }
});

Deno.test("causal attention does not visit what comes after a tile", async () => {
  const gpu = await testGpu();
  const [T, bad] = [300, 200];
  const data = Float32Array.from(normalValues(T * 24, 1));
  const spoiled = data.slice().fill(NaN, bad * 24);
  for (const variant of await variants()) {
    const run = async (values: Float32Array<ArrayBuffer>) => {
      const tape = new Tape(gpu);
      const qkv = tape.upload([T, 24], values, "qkv");
      const layout = uploadAttentionLayout(tape, Uint32Array.of(0, T), variant);
      const y = await gpu.read(attention(tape, { qkv, layout, heads: 1, causal: true }));
      tape.end();
      return y;
    };
    // A workgroup owns up to 32 rows and visits rows by up to 64 at once.
    const untouched = 8 * (bad - 32 - 64);
    const expected = await run(data);
    assertEquals((await run(spoiled)).slice(0, untouched), expected.slice(0, untouched));
    assert(expected.every(Number.isFinite));
  }
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
  const qkv = tape.empty([2, 24], "qkv");
  for (const window of [-1, 0.5, NaN, 2 ** 31]) {
    assertThrows(
      () => attention(tape, { qkv, layout, heads: 2, window }),
      RangeError,
      `the window is ${window}, wanted a whole number from 0 on`,
    );
  }
  tape.end();
});
