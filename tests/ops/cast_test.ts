import { assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { type HalfType, Tensor } from "../../src/gpu/tensor.ts";
import { cast } from "../../src/ops/cast.ts";
import { normalValues } from "../reference/random_values.ts";
import { roundToHalf } from "../reference/round_to_half.ts";
import { testGpus } from "../support/gpu.ts";

const TYPES: readonly HalfType[] = ["f16", "bf16"];

/** Ties, the ends of either range, subnormal numbers of f16. */
const EDGES = [0, 1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 2 ** -14]
  .concat([2 ** -14 - 2 ** -26, 2 ** -24, 2 ** -25, 2 ** -25 + 2 ** -48, 1.5 * 2 ** -24, 2 ** -30])
  .concat([65504, 65519.99609375, 65520, 65536, 1e5, 3.3895313892515355e38, 3.4e38, Infinity])
  .flatMap((value) => [Math.fround(value), -Math.fround(value)]);

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

async function halved(gpu: Gpu, x: Tensor, dtype: HalfType): Promise<Float32Array> {
  const y = gpu.tensor(x.shape, "y", dtype);
  cast(gpu, x, y);
  const values = await gpu.read(y);
  gpu.release(y);
  return values;
}

Deno.test("cast rounds to the nearest, ties to even, and overflows to infinity", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const dtype of TYPES) {
      for (const size of [1, 2, 3, 4, 5, 255, 256, 257, 20_000]) {
        const deviation = size % 2 === 0 ? 1 : 2 ** -16;
        const values = normalValues(size, size, { deviation });
        const x = gpu.upload([size], Float32Array.from(values), "x");
        const expected = Float32Array.from(values, (value) => roundToHalf(value, dtype));
        assertEquals(bits(await halved(gpu, x, dtype)), bits(expected), `${dtype} ${size}`);
        gpu.release(x);
        seen++;
      }
      const x = gpu.upload([EDGES.length], Float32Array.from(EDGES), "edges");
      const expected = Float32Array.from(EDGES, (value) => roundToHalf(value, dtype));
      assertEquals(bits(await halved(gpu, x, dtype)), bits(expected), dtype);
      gpu.release(x);
    }
  }
  assertEquals([seen, EDGES.length], [36, 42]);
});

Deno.test("cast keeps NaN a NaN, also where only bits that are cut off say so", async () => {
  const words = Uint32Array.of(0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fc00000);
  for (const gpu of await testGpus()) {
    for (const dtype of TYPES) {
      const x = gpu.upload([5], words, "x");
      assertEquals([...await halved(gpu, x, dtype)].map(Number.isNaN), Array(5).fill(true));
      gpu.release(x);
    }
  }
});

Deno.test("cast brings every half to f32 and back without a change", async () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  for (const gpu of await testGpus()) {
    const words = gpu.upload([32768], new Uint32Array(all.buffer), "words");
    for (const dtype of TYPES) {
      const halves = gpu.tensor([65536], "halves", dtype);
      gpu.recorder.copyBytes(words.allocation.buffer, 0, halves, halves.bytes);
      const floats = gpu.tensor([65536], "floats");
      cast(gpu, halves, floats);
      const values = await gpu.read(floats);
      assertEquals(values, await gpu.read(halves));
      const back = gpu.tensor([65536], "back", dtype);
      cast(gpu, floats, back);
      const found = new Uint16Array((await gpu.readIntegers(back)).buffer);
      const infinity = dtype === "f16" ? 0x7c00 : 0x7f80;
      const changed = all.filter((half) => found[half] !== half && (half & 0x7fff) <= infinity);
      assertEquals([...changed], []);
      gpu.release(halves, floats, back);
    }
    gpu.release(words);
  }
});

Deno.test("cast reads a window and writes nothing before or behind its vectors", async () => {
  for (const gpu of await testGpus()) {
    const whole = gpu.upload([256], Float32Array.from({ length: 256 }, (_, i) => i), "whole");
    const window = { shape: [8], byteOffset: 256, bindingBytes: 256 };
    const x = new Tensor({ ...window, allocation: whole.allocation, label: "x" });
    const result = gpu.tensor([384], "result", "bf16");
    gpu.recorder.clear(result);
    const { allocation } = result;
    cast(gpu, x, new Tensor({ ...window, allocation, label: "y", dtype: "bf16" }));
    const expected = new Float32Array(384);
    for (let i = 0; i < 8; i++) expected[128 + i] = 64 + i;
    assertEquals(await gpu.read(result), expected);
    gpu.release(whole, result);
  }
});

Deno.test("cast refuses another shape, and two sides of equal kind", async () => {
  const [gpu] = await testGpus();
  const tensor = (dtype: "f32" | HalfType, size = 4) => gpu.tensor([size], `x ${dtype}`, dtype);
  const [f32, f16, bf16, other] = [
    tensor("f32"),
    tensor("f16"),
    tensor("bf16"),
    tensor("f16", 8),
  ];
  assertThrows(() => cast(gpu, f32, other), TypeError, "found shape [8], wanted [4]");
  assertThrows(() => cast(gpu, f32, f32), TypeError, "found f32 to f32, wanted f16 or bf16");
  assertThrows(() => cast(gpu, f16, bf16), TypeError, "found f16, wanted f32; cast it");
  gpu.release(f32, f16, bf16, other);
});
