/**
 * Times of the matrix product at the shapes of the main job, in both variants where the adapter has both,
 * and of one product with operands of every element type.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { cast } from "../../src/ops/cast.ts";
import { matmul, type MatmulVariant } from "../../src/ops/matmul.ts";

/** m, n, k, and whether a and b are read transposed: forward, then both gradients. */
const SHAPES: readonly (readonly [number, number, number, boolean, boolean])[] = [
  [2048, 384, 128, false, true],
  [2048, 512, 128, false, true],
  [2048, 128, 512, false, false],
  [512, 128, 2048, true, false],
  [512, 512, 512, false, false],
];
/** Products per wait for the GPU, which alone takes about 11 ms. */
const RUNS = 16;

const gpu = await Gpu.request();
const variants: MatmulVariant[] = gpu.lanes >= 8 ? ["subgroup", "workgroup"] : ["workgroup"];
for (const [m, n, k, transposedA, transposedB] of SHAPES) {
  const operand = (size: number, transposed: boolean, label: string) => ({
    tensor: gpu.upload([size], new Float32Array(size).map((_, i) => Math.sin(i)), label),
    transposed,
  });
  const a = operand(m * k, transposedA, "a");
  const b = operand(k * n, transposedB, "b");
  const c = gpu.tensor([m, n], "c");
  const layout = `${transposedA ? "T" : "N"}${transposedB ? "T" : "N"}`;
  const work = (2 * m * n * k * RUNS / 1e9).toFixed(2);
  for (const variant of variants) {
    Deno.bench({
      name: `${m} x ${n} x ${k} ${layout}, ${variant}: ${work} GFLOP`,
      group: `${m} x ${n} x ${k} ${layout}`,
      async fn() {
        for (let i = 0; i < RUNS; i++) matmul(gpu, { a, b, c, m, n, k, variant });
        await gpu.read(gpu.nothing);
      },
    });
  }
}

const EDGE = 1024;
const square = () =>
  gpu.upload([EDGE, EDGE], new Float32Array(EDGE * EDGE).map((_, i) => Math.sin(i)), "square");
const [a, b, c] = [square(), square(), square()];
for (const type of ["f32", "f16", "bf16"] as const) {
  const stored = (floats: Tensor) => {
    if (type === "f32") return floats;
    const halves = gpu.tensor([EDGE, EDGE], type, type);
    cast(gpu, floats, halves);
    return halves;
  };
  const operands = { a: { tensor: stored(a) }, b: { tensor: stored(b), transposed: true } };
  Deno.bench({
    name: `${EDGE} x ${EDGE} x ${EDGE} NT, operands ${type}: ${
      (2 * EDGE ** 3 / 1e9).toFixed(2)
    } GFLOP`,
    group: "element types",
    async fn() {
      matmul(gpu, { ...operands, c, m: EDGE, n: EDGE, k: EDGE });
      await gpu.read(gpu.nothing);
    },
  });
}
