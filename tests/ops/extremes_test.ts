import { assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { extremes } from "../../src/ops/extremes.ts";
import { extremes as reference } from "../reference/extremes.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { poison } from "../support/run_op.ts";

const SMALLEST = 2 ** -126;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Measures tensors of the given values, one a slot; what surrounds the values would be found too. */
async function measure(
  gpu: Gpu,
  cases: readonly Float32Array[],
  shape = flat,
): Promise<number[][]> {
  const stop = poison(gpu);
  const into = gpu.tensor([cases.length, 4], "stats");
  cases.forEach((data, slot) => {
    const x = window(gpu, data, shape(data.length));
    extremes(gpu, x, into, slot);
    gpu.release(x);
  });
  const stats = await gpu.read(into);
  gpu.release(into);
  stop();
  return cases.map((_, slot) => [...stats.subarray(slot * 4, slot * 4 + 4)]);
}

const flat = (size: number) => [size];

/** A tensor with NaN before and after it. */
function window(gpu: Gpu, data: Float32Array, shape: readonly number[]): Tensor {
  const before = 64;
  const values = new Float32Array(before + data.length + 5).fill(NaN);
  values.set(data, before);
  const { allocation } = gpu.upload([values.length], values, "whole");
  return new Tensor({ allocation, shape, byteOffset: before * 4, label: "x" });
}

function expected(data: Float32Array): number[] {
  const { smallest, largest, notFinite } = reference(data);
  return [smallest, largest, notFinite, 0];
}

Deno.test("extremes equals its reference at every size", async () => {
  const sizes = [1, 2, 3, 4, 5, 63, 64, 65, 255, 257, 2047, 2048, 2049, 4097, 16_383, 70_000];
  let seen = 0;
  for (const gpu of await testGpus()) {
    const cases = sizes.map((size, i) => Float32Array.from(normalValues(size, i)));
    assertEquals(await measure(gpu, cases), cases.map(expected));
    // Every element counts, the last ones too.
    const ends = sizes.map((size) => {
      const data = new Float32Array(size).fill(-1);
      data[size - 1] = -2;
      data[Math.floor(size / 2)] = 0.5;
      return data;
    });
    assertEquals(await measure(gpu, ends), ends.map(expected));
    // And each once.
    const bad = sizes.map((size) => new Float32Array(size).fill(NaN));
    assertEquals(await measure(gpu, bad), sizes.map((size) => [Infinity, 0, size, 0]));
    seen += cases.length + ends.length + bad.length;
  }
  assertEquals(seen, 6 * sizes.length);
});

Deno.test("extremes of more elements than its threads take at once", async () => {
  const data = Float32Array.from(normalValues(2 ** 21 + 3, 1));
  data[0] = NaN;
  data[2 ** 21 + 2] = -1000;
  data[2 ** 20] = 1e-30;
  for (const gpu of await testGpus()) {
    const [found] = await measure(gpu, [data]);
    assertEquals(found, [Math.fround(1e-30), 1000, 1, 0]);
    const [bad] = await measure(gpu, [new Float32Array(data.length).fill(Infinity)]);
    assertEquals(bad, [Infinity, 0, data.length, 0]);
  }
});

Deno.test("extremes leaves out and counts what is not finite", async () => {
  const cases = [
    [NaN],
    [Infinity],
    [-Infinity, NaN, NaN],
    [0],
    [-0, 0, 0, 0, 0],
    [1, NaN, -2, Infinity, -Infinity, 4, NaN],
    [SMALLEST, -LARGEST],
    [0, -LARGEST, NaN, 3],
  ].map((values) => Float32Array.from(values));
  for (const gpu of await testGpus()) {
    const found = await measure(gpu, cases);
    assertEquals(found, cases.map(expected));
    assertEquals(found[0], [Infinity, 0, 1, 0]);
    assertEquals(found[6], [SMALLEST, LARGEST, 0, 0]);
  }
});

Deno.test("extremes counts NaN of every kind", async () => {
  const bits = [0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x3f800000];
  for (const gpu of await testGpus()) {
    const found = await measure(gpu, [new Float32Array(Uint32Array.from(bits).buffer)]);
    assertEquals(found, [[1, 1, 6, 0]]);
  }
});

Deno.test("extremes takes any shape, and nothing", async () => {
  const data = Float32Array.from(normalValues(30, 1));
  for (const gpu of await testGpus()) {
    assertEquals(await measure(gpu, [data], () => [2, 3, 5]), [expected(data)]);
    assertEquals(await measure(gpu, [Float32Array.of(-7)], () => []), [[7, 7, 0, 0]]);
    assertEquals(await measure(gpu, [new Float32Array(0)]), [[Infinity, 0, 0, 0]]);
  }
});

Deno.test("extremes writes its slot alone", async () => {
  const gpu = await testGpu();
  const into = gpu.upload([3, 4], new Float32Array(12).fill(9), "stats");
  const x = gpu.upload([2], Float32Array.of(1, -3), "x");
  const { live } = gpu.pool.counters;
  extremes(gpu, x, into, 1);
  assertEquals([...await gpu.read(into)], [9, 9, 9, 9, 1, 3, 0, 0, 9, 9, 9, 9]);
  assertEquals(gpu.pool.counters.live, live, "memory stays behind");
  gpu.release(into, x);
});

Deno.test("extremes refuses other elements and slots that are not there", async () => {
  const gpu = await testGpu();
  const [into, x] = [gpu.tensor([2, 4], "stats"), gpu.tensor([4], "x")];
  const ids = gpu.tensor([4], "ids", "u32");
  for (const slot of [-1, 2, 0.5, NaN]) {
    assertThrows(
      () => extremes(gpu, x, into, slot),
      RangeError,
      `Cannot run extremes: found slot ${slot}, wanted one of 2 from 0 on`,
    );
  }
  assertThrows(
    () => extremes(gpu, ids, into, 0),
    TypeError,
    'Cannot run extremes on "ids": found elements of u32, wanted f32',
  );
  assertThrows(() => extremes(gpu, x, x, 0), TypeError, "wanted [4,4]");
  gpu.release(into, x, ids);
});
