import { assert, assertEquals } from "@std/assert";
import { matmul, matmulVariants } from "../../src/ops/matmul.ts";
import { type TunedShape, tuneMatmul } from "../../src/ops/tune_matmul.ts";
import { testGpu } from "../support/gpu.ts";

const SHAPE: TunedShape = { name: "a layer", m: 64, n: 32, k: 16, layout: "nt", dtype: "f32" };

Deno.test("tuneMatmul measures every variant of every class once, and matmul takes the fastest", async () => {
  const gpu = await testGpu();
  const live = gpu.pool.counters.live;
  const told: string[] = [];
  const shapes: TunedShape[] = [SHAPE, { ...SHAPE, m: 60 }, { ...SHAPE, layout: "tn" }];
  const products = await tuneMatmul(gpu, shapes, ({ shapes }) => void told.push(shapes));
  assertEquals(told, ["nt f32 f32 64x32x16", "tn f32 f32 64x32x16"]);
  assertEquals(gpu.pool.counters.live, live);
  for (const { shapes, milliseconds, chosen } of products) {
    assertEquals([...milliseconds.keys()], matmulVariants(gpu));
    for (const time of milliseconds.values()) assert(time >= milliseconds.get(chosen)!);
    assertEquals(gpu.choices.get("matmul", shapes), chosen);
  }
  gpu.choices.clear();
});

Deno.test("matmul runs the variant that was chosen for its class", async () => {
  const gpu = await testGpu();
  const [a, b] = [[64, 16], [32, 16]].map((shape) => gpu.tensor(shape, "operand"));
  const c = gpu.tensor([64, 32], "c");
  const labels = async () => {
    const profiler = gpu.startProfiler()!;
    matmul(gpu, { a: { tensor: a }, b: { tensor: b, transposed: true }, c, m: 64, n: 32, k: 16 });
    await gpu.read(gpu.nothing);
    const times = await profiler.take();
    gpu.recorder.profiler = null;
    profiler.destroy();
    return times.map(({ label }) => label);
  };
  const before = await labels();
  gpu.choices.set("matmul", "nt f32 f32 64x32x16", "workgroup");
  assertEquals(await labels(), ["matmul.multiply"]);
  gpu.choices.set("matmul", "nt f32 f32 64x32x16", "tile32");
  assertEquals(await labels(), ["matmul_tiles.multiply"]);
  gpu.choices.set("matmul", "nt f32 f32 64x32x16", "a variant of another version");
  assertEquals(await labels(), before);
  gpu.choices.clear();
  gpu.release(a, b, c);
});
