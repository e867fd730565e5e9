import { matmul, type MatmulInputs, type MatmulVariant } from "../../src/ops/matmul.ts";
import { matmul as reference } from "../reference/matmul.ts";
import { uniformValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { assert, assertEquals } from "@std/assert";

interface Case {
  m: number;
  n: number;
  k: number;
  transposeA?: boolean;
  transposeB?: boolean;
  accumulate?: boolean;
  bias?: boolean;
  scale?: number;
  offset?: number;
  /** Elements beyond the stored columns of each operand. */
  gap?: number;
}

const SHAPES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [63, 65, 15],
  [64, 64, 16],
  [65, 63, 17],
  [33, 31, 33],
  [32, 32, 4],
  [5, 130, 7],
  [130, 3, 2],
  [1, 4, 4],
  [31, 36, 12],
  [36, 28, 20],
  [68, 100, 64],
  [36, 40, 63],
  [40, 24, 1100],
  [128, 96, 600],
];

const CASES: readonly Case[] = [
  ...SHAPES.flatMap(([m, n, k]) =>
    [[false, false], [false, true], [true, false], [true, true]].map((
      [transposeA, transposeB],
    ) => ({ m, n, k, transposeA, transposeB }))
  ),
  { m: 20, n: 30, k: 40, accumulate: true },
  { m: 20, n: 30, k: 1000, accumulate: true, transposeA: true },
  { m: 20, n: 32, k: 40, bias: true, transposeB: true },
  { m: 20, n: 30, k: 1000, bias: true, scale: 0.5, accumulate: true },
  { m: 20, n: 30, k: 40, scale: -3, transposeB: true },
  { m: 20, n: 36, k: 40, offset: 7, gap: 5 },
  { m: 36, n: 20, k: 40, offset: 8, gap: 4, transposeA: true, transposeB: true },
];

/** Stores a matrix with a gap behind every row, and an offset in front, all of it NaN. */
function spread(
  values: Float64Array,
  columns: number,
  { offset = 0, gap = 0 }: Case,
): Float32Array<ArrayBuffer> {
  const rows = values.length / columns;
  const stored = new Float32Array(offset + rows * (columns + gap)).fill(NaN);
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * columns, (row + 1) * columns);
    stored.set(line, offset + row * (columns + gap));
  }
  return stored;
}

async function run(
  test: Case,
  variant: MatmulVariant,
): Promise<[Float32Array<ArrayBuffer>, Float64Array]> {
  const gpu = await testGpu();
  const { m, n, k, transposeA = false, transposeB = false, offset = 0, gap = 0 } = test;
  const [a, b, before, bias] = [m * k, k * n, m * n, n].map((size, i) =>
    uniformValues(size, i + 1)
  );
  const operand = (values: Float64Array, columns: number, transposed: boolean, label: string) => {
    const data = spread(values, columns, test);
    return {
      tensor: gpu.upload([data.length], data, label),
      offset,
      stride: columns + gap,
      transposed,
    };
  };
  // One element more than the result, to see whether it is left alone.
  const c = gpu.upload([m * n + 1], Float32Array.from([...before, 42]), "c");
  const inputs: MatmulInputs = {
    a: operand(a, transposeA ? m : k, transposeA, "a"),
    b: operand(b, transposeB ? k : n, transposeB, "b"),
    c,
    m,
    n,
    k,
    variant,
    accumulate: test.accumulate,
    scale: test.scale,
    bias: test.bias ? gpu.upload([n], Float32Array.from(bias), "bias") : undefined,
  };
  matmul(gpu, inputs);
  const result = await gpu.read(c);
  gpu.release(c, inputs.a.tensor, inputs.b.tensor);
  if (inputs.bias) gpu.release(inputs.bias);
  assertEquals(result[m * n], 42);
  const expected = reference({ a, b, M: m, N: n, K: k, transposeA, transposeB }).map((sum, i) =>
    sum * (test.scale ?? 1) + (test.bias ? bias[i % n] : 0) + (test.accumulate ? before[i] : 0)
  );
  return [result.subarray(0, m * n), expected];
}

/** The variants that the device can run: both on every software adapter. */
async function variants(): Promise<MatmulVariant[]> {
  const gpu = await testGpu();
  assert(gpu.kind === "gpu" || gpu.lanes >= 8);
  return gpu.lanes >= 8 ? ["workgroup", "subgroup"] : ["workgroup"];
}

Deno.test("matmul equals its reference in every layout, at every edge", async () => {
  let seen = 0;
  for (const variant of await variants()) {
    for (const test of CASES) {
      const [actual, expected] = await run(test, variant);
      const tolerance = floatTolerance(test.k + 2);
      assertClose(actual, expected, {
        op: "matmul",
        case: `${variant} ${JSON.stringify(test)}`,
        shape: [test.m, test.n],
        // Terms lie within [-1, 1] and have random signs: partial sums reach about sqrt(k).
        absolute: tolerance * Math.sqrt(test.k) * Math.max(1, Math.abs(test.scale ?? 1)),
        relative: tolerance,
      });
      seen++;
    }
  }
  assertEquals(seen, 67 * (await variants()).length);
});

Deno.test("matmul covers more than 65,535 workgroups", async () => {
  const gpu = await testGpu();
  for (const variant of await variants()) {
    const [edge, n, k] = variant === "subgroup" ? [32, 4, 4] : [64, 1, 1];
    const m = 65535 * edge + 1;
    const a = gpu.upload([m, k], new Float32Array(m * k).map((_, i) => i % 251), "a");
    const b = gpu.upload([k, n], new Float32Array(k * n).fill(2), "b");
    const c = gpu.tensor([m, n], "c");
    matmul(gpu, { a: { tensor: a }, b: { tensor: b }, c, m, n, k, variant });
    const result = await gpu.read(c);
    const expected = (row: number) => {
      let sum = 0;
      for (let i = row * k; i < (row + 1) * k; i++) sum += i % 251 * 2;
      return sum;
    };
    assertEquals(result.findIndex((value, i) => value !== expected(Math.floor(i / n))), -1);
    gpu.release(a, b, c);
  }
});

Deno.test("matmul reads neither NaN behind its operands nor what it overwrites", async () => {
  for (const variant of await variants()) {
    const spoiled: Case = { m: 36, n: 40, k: 61, transposeA: true, gap: 4 };
    const [actual] = await run(spoiled, variant);
    assertEquals(actual.findIndex(Number.isNaN), -1);
  }
});

Deno.test("matmul gives the same bits twice and returns what it took", async () => {
  const gpu = await testGpu();
  for (const variant of await variants()) {
    const test = { m: 52, n: 40, k: 900 };
    const [first] = await run(test, variant);
    const { live } = gpu.pool.counters;
    const [second] = await run(test, variant);
    assertEquals(first, second);
    assertEquals(gpu.pool.counters.live, live);
  }
});
