/**
 * sentrain's product of two matrices, measured.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { VERSION } from "../../src/version.ts";
import { measure, readPlan } from "./measure.ts";
import { EDGE, factors, PRODUCT } from "./product.ts";

const gpu = await Gpu.request();
const { a, b } = factors();
const operands = {
  a: { tensor: gpu.upload([EDGE, EDGE], a, "a") },
  b: { tensor: gpu.upload([EDGE, EDGE], b, "b") },
};
const c = gpu.tensor([EDGE, EDGE], "c");
const corner = gpu.tensor([1], "corner");

await measure({
  name: "sentrain",
  what: PRODUCT,
  versions: { sentrain: VERSION },
  run: () => matmul(gpu, { ...operands, c, m: EDGE, n: EDGE, k: EDGE }),
  read: async (results) => {
    gpu.recorder.copy(c, corner, 1);
    const [element] = await gpu.read(corner);
    return results.map(() => element);
  },
}, readPlan(Deno.args));
gpu.destroy();
