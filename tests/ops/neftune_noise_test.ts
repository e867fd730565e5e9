import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { l2Normalize } from "../../src/ops/l2_normalize.ts";
import { neftuneNoise } from "../../src/ops/neftune_noise.ts";
import { Tape } from "../../src/ops/tape.ts";
import { neftuneNoise as reference } from "../reference/neftune_noise.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  lengths: readonly number[];
  C: number;
  alpha: number;
  lanes?: number;
  /** Standard deviation of x; of 0, the noise alone is seen. */
  deviation?: number;
  parameter?: boolean;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { lengths: [1], C: 4, alpha: 5 },
  { lengths: [1, 1, 1], C: 8, alpha: 5, lanes: 64 },
  { lengths: [3, 1, 58, 2], C: 132, alpha: 0.1, lanes: 1 },
  { lengths: [3, 1, 58, 2], C: 132, alpha: 0.1, lanes: 32 },
  { lengths: [0, 3, 0, 0, 62, 0], C: 4, alpha: 15, lanes: 8 },
  { lengths: [200], C: 1024, alpha: 5, deviation: 1 },
  { lengths: [17, 1, 5], C: 12, alpha: 5, deviation: 1, twice: true },
  { lengths: [2, 2], C: 20, alpha: 5, deviation: 1, parameter: true },
  { lengths: [65535, 2], C: 4, alpha: 5, lanes: 64 },
];

const SEED = 7;

function startsOf(tape: Tape, lengths: readonly number[]) {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => starts[i + 1] = starts[i] + length);
  return tape.upload([starts.length], starts, "starts");
}

async function run(gpu: Gpu, test: Case, dOutput?: Float64Array, seed = SEED) {
  const { lengths, C, alpha, lanes, deviation = 0, parameter, twice } = test;
  const T = lengths.reduce((sum, length) => sum + length);
  const data = normalValues(T * C, 1, { deviation });
  const result = await runOp(gpu, {
    inputs: { x: { shape: [T, C], data, parameter } },
    forward: (tape, { x }) =>
      neftuneNoise(tape, x, { sequenceStarts: startsOf(tape, lengths), alpha, lanes }),
    dOutput: dOutput ?? new Float64Array(T * C),
    twice,
    seed,
  });
  return { ...result, x: data };
}

Deno.test("neftuneNoise equals its reference, and its gradient is that of its result", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const key = new Tape(gpu, { seed: SEED }).randomKey();
    for (const test of CASES) {
      const { lengths, C, alpha, deviation = 0, twice = false } = test;
      const T = lengths.reduce((sum, length) => sum + length);
      const dOutput = normalValues(T * C, 2);
      const { y, gradients, x } = await run(gpu, test, dOutput);
      // WGSL grants an inverse root 2 ulp and each of two divisions 2.5; the two products and the sum
      // round: less than 8 ulp. Where x is not 0, the noise may cancel it.
      const relative = 2 ** -20;
      assertClose(y, reference({ x, C, lengths, alpha, key }), {
        op: "neftuneNoise",
        case: JSON.stringify(test),
        shape: [T, C],
        absolute: deviation === 0 ? 0 : relative * alpha / Math.sqrt(C),
        relative,
      });
      const expected = Float32Array.from(dOutput, (value) => twice ? 2 * value : value);
      assertEquals(gradients.x, expected);
      seen++;
    }
  }
  assertEquals(seen, 2 * CASES.length);
});

Deno.test("neftuneNoise is uniform within its bounds, in every row and column", async () => {
  const [gpu] = await testGpus();
  const lengths = [1, 255, 128, 1, 127];
  const [T, C, alpha] = [512, 256, 5];
  const draws = async (seed: number) => {
    const { y } = await run(gpu, { lengths, C, alpha }, undefined, seed);
    const lengthOf = lengths.flatMap((length) => Array<number>(length).fill(length));
    return y.map((value, i) => value / (alpha / Math.sqrt(lengthOf[Math.floor(i / C)] * C)));
  };
  const first = await draws(1);
  const n = T * C;
  const mean = (of: (i: number) => number) =>
    Array.from({ length: n }, (_, i) => of(i)).reduce((sum, value) => sum + value) / n;
  const rows = new Float64Array(T);
  const columns = new Float64Array(C);
  first.forEach((u, i) => {
    rows[Math.floor(i / C)] += u / C;
    columns[i % C] += u / T;
  });
  // u has mean 0 and variance 1/3, u^2 has variance 1/5 - 1/9: five standard deviations of each mean.
  assert(Math.abs(mean((i) => first[i])) < 5 * Math.sqrt(1 / 3 / n));
  assert(Math.abs(mean((i) => first[i] ** 2) - 1 / 3) < 5 * Math.sqrt(4 / 45 / n));
  for (const row of rows) assert(Math.abs(row) < 5 * Math.sqrt(1 / 3 / C));
  for (const column of columns) assert(Math.abs(column) < 5 * Math.sqrt(1 / 3 / T));
  // A product of two independent draws has mean 0 and variance 1/9.
  for (const distance of [1, 2, 3, C]) {
    const product = mean((i) => first[i] * first[(i + distance) % n]);
    assert(Math.abs(product) < 5 / 3 / Math.sqrt(n), `${distance} apart`);
  }
  const second = await draws(2);
  const product = mean((i) => first[i] * second[i]);
  assert(Math.abs(product) < 5 / 3 / Math.sqrt(n), "another seed draws other noise");
  const [low, high] = [
    first.reduce((a, b) => Math.min(a, b)),
    first.reduce((a, b) => Math.max(a, b)),
  ];
  // The rounding of the kernel, 2^-20, is all that may lie beyond. None of n draws within 20 / n of an
  // end happens once in e^10 times.
  assert(low >= -1 - 2 ** -20 && low < -1 + 20 / n);
  assert(high <= 1 + 2 ** -20 && high > 1 - 20 / n);
});

Deno.test("neftuneNoise draws the same in a part that runs again for backward", async () => {
  const [T, C, lengths] = [5, 8, [1, 4]];
  const gradient = async (again: boolean) => {
    const { gradients } = await runOp(await testGpu(), {
      inputs: { x: { shape: [T, C], data: normalValues(T * C, 1) } },
      forward: (tape, { x }) => {
        const sequenceStarts = startsOf(tape, lengths);
        // The gradient of the norm depends on the noise.
        const part = (on: Tape) =>
          l2Normalize(on, neftuneNoise(on, x, { sequenceStarts, alpha: 9 }));
        return again ? tape.checkpoint(x, part) : part(tape);
      },
      dOutput: normalValues(T * C, 2),
      seed: SEED,
    });
    return gradients.x;
  };
  assertEquals(await gradient(true), await gradient(false));
});

Deno.test("neftuneNoise of strength 0 is its argument and draws no key", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu, { recording: true, seed: SEED });
  const x = tape.empty([2, 4], "x");
  const sequenceStarts = startsOf(tape, [2]);
  assertEquals(neftuneNoise(tape, x, { sequenceStarts, alpha: 0 }), x);
  assertEquals(tape.randomKey(), new Tape(gpu, { seed: SEED }).randomKey());
  for (const alpha of [-1, NaN, Infinity]) {
    assertThrows(
      () => neftuneNoise(tape, x, { sequenceStarts, alpha }),
      RangeError,
      `Cannot run neftuneNoise: alpha is ${alpha}, wanted 0 or a positive number`,
    );
  }
  assertThrows(
    () => neftuneNoise(tape, tape.empty([2, 6], "odd"), { sequenceStarts, alpha: 1 }),
    TypeError,
    "wanted a multiple of 4",
  );
  tape.end();
});
