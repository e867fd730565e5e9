/**
 * sentrain's product of two matrices, measured.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { VERSION } from "../../src/version.ts";
import { heldOn, measure, readPlan } from "./measure.ts";
import { factors, productName, shapeOf } from "./product.ts";

const gpu = await Gpu.request();
const shape = shapeOf(Deno.args);
const { m, n, k } = shape;
const { a, b } = factors(shape);
const operands = {
  a: { tensor: gpu.upload([m, k], a, "a") },
  b: { tensor: gpu.upload([k, n], b, "b") },
};
const c = gpu.tensor([m, n], "c");
const corner = gpu.tensor([1], "corner");

await measure({
  name: "sentrain",
  what: productName(shape),
  versions: { sentrain: VERSION },
  run: () => matmul(gpu, { ...operands, c, m, n, k }),
  read: async (results) => {
    gpu.recorder.copy(c, corner, 1);
    const [element] = await gpu.read(corner);
    return results.map(() => element);
  },
  gpuBytes: () => heldOn(gpu),
}, readPlan(Deno.args));
gpu.destroy();
