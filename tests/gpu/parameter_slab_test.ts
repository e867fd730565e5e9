import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { testGpu } from "../support/gpu.ts";

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

async function store(trainable: boolean): Promise<ParameterStore> {
  const parameters = new ParameterStore(await testGpu());
  const initialize = ({ shape }: { shape: readonly number[] }) =>
    new Float32Array(count(shape)).fill(1);
  parameters.declare({
    parts: [{ name: "q", shape: [2, 3] }, { name: "k", shape: [1, 3] }],
    shape: [3, 3],
    decay: true,
    initialize,
  });
  parameters.declare({
    parts: [{ name: "bias", shape: [5] }],
    shape: [5],
    decay: false,
    initialize,
  });
  parameters.declare({ parts: [{ name: "w", shape: [70] }], shape: [70], decay: true, initialize });
  parameters.allocate(
    ({ name }) => name === "k" ? new Float32Array([7, 8, 9]) : null,
    trainable,
  );
  return parameters;
}

Deno.test("ParameterStore keeps decayed and undecayed apart, in aligned windows", async () => {
  const parameters = await store(true);
  assertEquals(parameters.size, 9 + 5 + 70);
  assertEquals(parameters.slabs.map(({ decay, values }) => [decay, values.bytes]), [
    [true, 256 + 512],
    [false, 256],
  ]);
  const [fused, bias, weight] = parameters.parameters.map(({ value }) => value);
  assertEquals([fused.byteOffset, weight.byteOffset, bias.byteOffset], [0, 256, 0]);
  assertEquals(weight.gradient?.byteOffset, 256);
  assertEquals(parameters.slabs[0].gradients.allocation, weight.gradient?.allocation);
  parameters.destroy();
});

Deno.test("ParameterStore reads and writes the parts that files know", async () => {
  const parameters = await store(false);
  const before = await parameters.download();
  assertEquals([...before.keys()], ["q", "k", "bias", "w"]);
  assertEquals([...before.get("k")!.data], [7, 8, 9]);
  assertEquals([...before.get("q")!.data], [1, 1, 1, 1, 1, 1]);
  parameters.upload(({ name, shape }) => new Float32Array(count(shape)).fill(name === "q" ? 4 : 2));
  const after = await parameters.download();
  assertEquals([...after.get("q")!.data], [4, 4, 4, 4, 4, 4]);
  assertEquals([...after.get("bias")!.data], [2, 2, 2, 2, 2]);
  assertEquals(parameters.parameters[0].value.gradient, null);
  parameters.destroy();
});

Deno.test("ParameterStore makes room like a slab, filled with zeros", async () => {
  const parameters = await store(true);
  const moment = parameters.allocateLike(parameters.slabs[0], "m");
  const read = await parameters.download((slab, index) => index === 0 ? moment : slab.values);
  assertEquals([...read.get("k")!.data], [0, 0, 0]);
  assertEquals(read.get("w")!.shape, [70]);
  moment.allocation.buffer.destroy();
  parameters.destroy();
});

Deno.test("ParameterStore takes values in pieces, into each part of a fused parameter", async () => {
  const parameters = await store(false);
  function* pieces(shape: readonly number[], start: number) {
    // One array that is filled anew for each piece, as a file gives it.
    const piece = new Float32Array(2);
    for (let at = 0; at < count(shape); at += 2) {
      piece.set([start + at, start + at + 1]);
      yield piece.subarray(0, Math.min(2, count(shape) - at));
    }
  }
  parameters.upload(({ name, shape }) => pieces(shape, name === "q" ? 100 : 200));
  const after = await parameters.download();
  assertEquals([...after.get("q")!.data], [100, 101, 102, 103, 104, 105]);
  assertEquals([...after.get("k")!.data], [200, 201, 202]);
  assertEquals([...after.get("bias")!.data], [200, 201, 202, 203, 204]);
  assertEquals(after.get("w")!.data.at(-1), 269);
  parameters.destroy();
});
