import type { Gpu } from "../../src/gpu/device.ts";
import { type DataType, Tensor } from "../../src/gpu/tensor.ts";
import { cast } from "../../src/ops/cast.ts";
import {
  matmul,
  type MatmulInputs,
  type MatmulVariant,
  matmulVariants,
} from "../../src/ops/matmul.ts";
import { matmul as reference } from "../reference/matmul.ts";
import { uniformValues } from "../reference/random_values.ts";
import { roundToHalf } from "../reference/round_to_half.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
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
  /** Element types of the operands. */
  types?: readonly [FloatType, FloatType];
}

type FloatType = Exclude<DataType, "u32">;

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

/** A tensor of any element type with values of the host. */
function stored(gpu: Gpu, data: Float32Array<ArrayBuffer>, dtype: FloatType): Tensor {
  const floats = gpu.upload([data.length], data, "operand");
  if (dtype === "f32") return floats;
  const halves = gpu.tensor([data.length], "operand", dtype);
  cast(gpu, floats, halves);
  gpu.release(floats);
  return halves;
}

/** Values as an element type stores them. */
function rounded(values: Float64Array, dtype: FloatType): Float64Array {
  return dtype === "f32" ? values : values.map((value) => roundToHalf(value, dtype));
}

async function run(
  test: Case,
  variant: MatmulVariant,
  device?: Gpu,
): Promise<[Float32Array<ArrayBuffer>, Float64Array]> {
  const gpu = device ?? await testGpu();
  const { m, n, k, transposeA = false, transposeB = false, offset = 0, gap = 0 } = test;
  const [aType, bType] = test.types ?? ["f32", "f32"];
  const [a, b, before, bias] = [m * k, k * n, m * n, n].map((size, i) =>
    uniformValues(size, i + 1)
  );
  const operand = (values: Float64Array, type: FloatType, columns: number, turned: boolean) => ({
    tensor: stored(gpu, spread(values, columns, test), type),
    offset,
    stride: columns + gap,
    transposed: turned,
  });
  // One element more than the result, to see whether it is left alone.
  const c = gpu.upload([m * n + 1], Float32Array.from([...before, 42]), "c");
  const inputs: MatmulInputs = {
    a: operand(a, aType, transposeA ? m : k, transposeA),
    b: operand(b, bType, transposeB ? k : n, transposeB),
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
  const factors = { a: rounded(a, aType), b: rounded(b, bType) };
  const expected = reference({ ...factors, M: m, N: n, K: k, transposeA, transposeB }).map((
    sum,
    i,
  ) => sum * (test.scale ?? 1) + (test.bias ? bias[i % n] : 0) + (test.accumulate ? before[i] : 0));
  return [result.subarray(0, m * n), expected];
}

/** The variants that the device can run: all on every software adapter. */
async function variants(): Promise<MatmulVariant[]> {
  const gpu = await testGpu();
  assert(gpu.kind === "gpu" || gpu.lanes >= 8);
  return matmulVariants(gpu);
}

async function check(test: Case, variant: MatmulVariant, gpu?: Gpu): Promise<void> {
  const [actual, expected] = await run(test, variant, gpu);
  const tolerance = floatTolerance(test.k + 2);
  assertClose(actual, expected, {
    op: "matmul",
    case: `${variant} ${JSON.stringify(test)}`,
    shape: [test.m, test.n],
    // Terms lie within [-1, 1] and have random signs: partial sums reach about sqrt(k).
    absolute: tolerance * Math.sqrt(test.k) * Math.max(1, Math.abs(test.scale ?? 1)),
    relative: tolerance,
  });
}

Deno.test("matmul equals its reference in every layout, at every edge", async () => {
  let seen = 0;
  for (const variant of await variants()) {
    for (const test of CASES) {
      await check(test, variant);
      seen++;
    }
  }
  assertEquals(seen, 67 * (await variants()).length);
});

Deno.test("matmul of halves rounds nothing but its sums, in every layout, at every edge", async () => {
  let seen = 0;
  for (const variant of await variants()) {
    for (const type of ["f16", "bf16"] as const) {
      for (const test of CASES) {
        await check({ ...test, types: [type, type] }, variant);
        seen++;
      }
    }
  }
  assertEquals(seen, 134 * (await variants()).length);
});

Deno.test("matmul takes factors of two types, from textures and from buffers", async () => {
  const pairs = [["f32", "f16"], ["f16", "bf16"], ["bf16", "f32"]] as const;
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const variant of await variants()) {
      for (const types of pairs) {
        await check({ m: 36, n: 28, k: 20, offset: 8, gap: 4, types }, variant, gpu);
        seen++;
      }
    }
  }
  assertEquals(seen, 6 * (await variants()).length);
});

Deno.test("matmul reads windows of halves", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const variant of await variants()) {
      for (const dtype of ["f16", "bf16"] as const) {
        const whole = stored(gpu, new Float32Array(512).map((_, i) => i % 61), dtype);
        const window = { allocation: whole.allocation, shape: [8, 16], bindingBytes: 256, dtype };
        const [a, b] = [256, 512].map((byteOffset) =>
          new Tensor({ ...window, byteOffset, label: "window" })
        );
        const c = gpu.tensor([8, 8], "c");
        const shape = { m: 8, n: 8, k: 16 };
        matmul(gpu, { a: { tensor: a }, b: { tensor: b, transposed: true }, c, ...shape, variant });
        const values = (first: number) =>
          Float64Array.from({ length: 128 }, (_, i) => (first + i) % 61);
        const factors = { a: values(128), b: values(256), M: 8, N: 8, K: 16 };
        // All numbers are small integers: no product and no sum is rounded.
        assertEquals([...await gpu.read(c)], [...reference({ ...factors, transposeB: true })]);
        gpu.release(whole, c);
        seen++;
      }
    }
  }
  assertEquals(seen, 4 * (await variants()).length);
});

Deno.test("matmul of f16 keeps infinities and subnormal numbers", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const variant of await variants()) {
      const rows = [[1e6, 1, 1, 1], [2 ** -24, 2 ** -15, 0, 3 * 2 ** -24], [65504, 0, 0, 0]];
      const a = stored(gpu, Float32Array.from(rows.flat()), "f16");
      const b = stored(gpu, new Float32Array(16).fill(1024), "f16");
      const c = gpu.tensor([3, 4], "c");
      matmul(gpu, { a: { tensor: a }, b: { tensor: b }, c, m: 3, n: 4, k: 4, variant });
      const sums = [Infinity, (4 + 512) * 2 ** -14, 65504 * 1024];
      assertEquals([...await gpu.read(c)], sums.flatMap((sum) => Array(4).fill(sum)));
      gpu.release(a, b, c);
      seen++;
    }
  }
  assertEquals(seen, 2 * (await variants()).length);
});

Deno.test("matmul covers more than 65,535 workgroups", async () => {
  const gpu = await testGpu();
  // The other tiles are these kernels with other constants.
  const edges = [["workgroup", 64, 1], ["subgroup", 32, 4], ["tile32", 32, 4]] as const;
  for (const [variant, edge, n] of edges) {
    const k = n;
    assert((await variants()).includes(variant));
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

Deno.test("matmul gives the same bits in tiles of every size, also where k is split", async () => {
  const tiles = (await variants()).filter((variant) => variant.startsWith("tile"));
  assertEquals(tiles.length, 4);
  for (const transposeA of [false, true]) {
    const test: Case = { m: 132, n: 68, k: 1040, transposeA, transposeB: !transposeA };
    const [first, ...others] = await Promise.all(tiles.map((variant) => run(test, variant)));
    for (const [found] of others) assertEquals(found, first[0]);
  }
});

Deno.test("matmul reads neither NaN behind its operands nor what it overwrites", async () => {
  for (const variant of await variants()) {
    for (const type of ["f32", "f16", "bf16"] as const) {
      const types = [type, type] as const;
      const spoiled: Case = { m: 36, n: 40, k: 61, transposeA: true, gap: 4, types };
      const [actual] = await run(spoiled, variant);
      assertEquals(actual.findIndex(Number.isNaN), -1);
    }
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
