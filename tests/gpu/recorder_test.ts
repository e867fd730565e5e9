import { assertEquals, assertThrows } from "@std/assert";
import { Kernel } from "../../src/gpu/kernel.ts";
import { foldWorkgroups } from "../../src/gpu/recorder.ts";
import { AFFINE, AFFINE_SHADER, testGpu } from "../support/gpu.ts";

Deno.test("Recorder runs dispatches in order, with uniforms of every type", async () => {
  const gpu = await testGpu();
  const x = gpu.upload([3], new Float32Array([1, 2, 3]), "x");
  const y = gpu.tensor([3], "y");
  const z = gpu.tensor([3], "z");
  gpu.recorder.dispatch(AFFINE, {
    tensors: { x, y },
    params: { count: 3, scale: 2, shift: -1 },
    workgroups: [1],
  });
  gpu.recorder.dispatch(AFFINE, {
    tensors: { x: y, y: z },
    params: { count: 3, scale: 10, shift: 5 },
    workgroups: [1],
  });
  assertEquals([...await gpu.read(z)], [15, 35, 55]);
  gpu.release(x, y, z);
});

Deno.test("Recorder outlives its uniform ring", async () => {
  const gpu = await testGpu();
  const x = gpu.upload([1], new Float32Array([0]), "x");
  const y = gpu.tensor([1], "y");
  const runs = 20_000;
  for (let i = 0; i < runs; i++) {
    const [from, to] = i % 2 === 0 ? [x, y] : [y, x];
    gpu.recorder.dispatch(AFFINE, {
      tensors: { x: from, y: to },
      params: { count: 1, scale: 1, shift: 1 },
      workgroups: [1],
    });
  }
  assertEquals([...await gpu.read(x)], [runs]);
  gpu.release(x, y);
});

Deno.test("Recorder copies and clears windows", async () => {
  const gpu = await testGpu();
  const x = gpu.upload([4], new Float32Array([1, 2, 3, 4]), "x");
  const y = gpu.upload([4], new Float32Array([9, 9, 9, 9]), "y");
  gpu.recorder.copy(x, y, 2);
  gpu.recorder.clear(x);
  assertEquals([...await gpu.read(y)], [1, 2, 9, 9]);
  assertEquals([...await gpu.read(x)], [0, 0, 0, 0]);
  gpu.release(x, y);
});

Deno.test("Recorder names what is missing, aliased or too large", async () => {
  const gpu = await testGpu();
  const x = gpu.tensor([1], "x");
  const y = gpu.tensor([1], "y");
  const params = { count: 1, scale: 1, shift: 0 };
  const run = (tensors: Record<string, typeof x>, given: Record<string, number>, groups: number) =>
    gpu.recorder.dispatch(AFFINE, { tensors, params: given, workgroups: [groups] });
  assertThrows(() => run({ x }, params, 1), TypeError, 'tensor "y" is missing; found x');
  assertThrows(
    () => run({ x, y }, { count: 1, scale: 1 }, 1),
    TypeError,
    'uniform "shift" is missing; found count, scale',
  );
  assertThrows(
    () => run({ x, y: x }, params, 1),
    TypeError,
    '"x" is read from the buffer that "y" writes',
  );
  assertThrows(() => run({ x, y }, params, 65_536), RangeError, "an axis holds 65,535");
  gpu.release(x, y);
});

Deno.test("foldWorkgroups covers a long line on two axes", () => {
  assertEquals(foldWorkgroups(0), [0, 0]);
  assertEquals(foldWorkgroups(65_535), [65_535, 1]);
  for (const count of [65_536, 200_000, 5_000_001]) {
    const [x, y] = foldWorkgroups(count);
    assertEquals(x <= 65_535 && x * y >= count && x * (y - 1) < count, true);
  }
});

Deno.test("Recorder writes nothing where there is nothing to write", async () => {
  const gpu = await testGpu();
  const x = gpu.upload([0], new Float32Array(0), "empty");
  assertEquals([...await gpu.read(x)], []);
  gpu.release(x);
});

Deno.test("Recorder copies halves in pairs", async () => {
  const gpu = await testGpu();
  const words = gpu.upload([3], new Uint32Array([0x40003c00, 0x44004200, 0x4500]), "words");
  const x = gpu.tensor([5], "x", "f16");
  gpu.recorder.copyBytes(words.allocation.buffer, 0, x, 12);
  assertEquals([...await gpu.read(x)], [1, 2, 3, 4, 5]);
  const y = gpu.tensor([9], "y", "f16");
  gpu.recorder.clear(y);
  gpu.recorder.copy(x, y, 2);
  gpu.recorder.copyInto(x, y, 4);
  assertEquals([...await gpu.read(y)], [1, 2, 0, 0, 1, 2, 3, 4, 5]);
  assertThrows(() => gpu.recorder.copy(x, y, 3), RangeError, 'element 3 of "x"');
  assertThrows(() => gpu.recorder.copyInto(x, y, 3), RangeError, 'element 3 of "y"');
  gpu.release(words, x, y);
});

Deno.test("Recorder refuses halves where words are wanted, and words for halves", async () => {
  const gpu = await testGpu();
  const x = gpu.tensor([4], "x", "f16");
  const y = gpu.tensor([4], "y");
  const params = { count: 1, scale: 1, shift: 0 };
  const halves = new Kernel({
    name: "affine",
    source: AFFINE_SHADER,
    entryPoint: "forward",
    elements: { x: "bf16" },
  });
  const run = (kernel: Kernel) =>
    gpu.recorder.dispatch(kernel, { tensors: { x, y }, params, workgroups: [1] });
  const wanted = (type: string) => `on "x": found f16, wanted ${type}; cast it`;
  assertThrows(() => run(AFFINE), TypeError, wanted("f32"));
  assertThrows(() => run(halves), TypeError, wanted("bf16"));
  assertThrows(() => gpu.recorder.copy(x, y), TypeError, wanted("f32"));
  assertThrows(() => gpu.recorder.copyInto(x, y, 0), TypeError, wanted("f32"));
  assertThrows(() => gpu.recorder.upload(x, new Float32Array(4)), TypeError, wanted("f32"));
  gpu.release(x, y);
});
