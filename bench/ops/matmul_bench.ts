/**
 * Times of the matrix product at the shapes of the main job, of one shape in both variants where the
 * adapter has both, and of one product with operands of every element type.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import type { DataType, Tensor } from "../../src/gpu/tensor.ts";
import { cast } from "../../src/ops/cast.ts";
import { matmul, type MatmulVariant } from "../../src/ops/matmul.ts";
import { benchOp, filled } from "./bench_op.ts";

/** m, n, k, and whether a and b are read transposed: forward, then both gradients. */
const SHAPES: readonly (readonly [number, number, number, boolean, boolean])[] = [
  [2048, 384, 128, false, true],
  [2048, 512, 128, false, true],
  [2048, 128, 512, false, false],
  [512, 128, 2048, true, false],
  [512, 512, 512, false, false],
];
/** Extents of the product with operands of every type. */
const EDGE = 1024;

const gpu = await Gpu.request();
const both: MatmulVariant[] = gpu.lanes >= 8 ? ["subgroup", "workgroup"] : ["workgroup"];
const shapes = SHAPES.flatMap(([m, n, k, transposedA, transposedB]) => {
  const a = { tensor: filled(gpu, [m * k]), transposed: transposedA };
  const b = { tensor: filled(gpu, [k * n]), transposed: transposedB };
  const c = gpu.tensor([m, n], "c");
  const layout = `${transposedA ? "T" : "N"}${transposedB ? "T" : "N"}`;
  // The variant that an adapter does not take is slow there: one shape tells how slow.
  const variants = m === n ? both : [undefined];
  return variants.map((variant) => ({
    name: `${m} x ${n} x ${k} ${layout}${variant === undefined ? "" : `, ${variant}`}`,
    work: { flops: 2 * m * n * k },
    run: () => matmul(gpu, { a, b, c, m, n, k, variant }),
  }));
});
await benchOp(gpu, "matmul", shapes);

const [a, b, c] = Array.from({ length: 3 }, () => filled(gpu, [EDGE, EDGE]));
const types = (["f32", "f16", "bf16"] as const).map((type) => {
  const operands = { a: { tensor: stored(a, type) }, b: { tensor: stored(b, type) } };
  return {
    name: `${EDGE} x ${EDGE} x ${EDGE} NT, operands ${type}`,
    work: { flops: 2 * EDGE ** 3 },
    run: () =>
      matmul(gpu, {
        ...{ a: operands.a, b: { ...operands.b, transposed: true }, c },
        ...{ m: EDGE, n: EDGE, k: EDGE },
      }),
  };
});
await benchOp(gpu, "matmul of element types", types);

function stored(floats: Tensor, type: DataType): Tensor {
  if (type === "f32") return floats;
  const halves = gpu.tensor([EDGE, EDGE], type, type);
  cast(gpu, floats, halves);
  return halves;
}
