/**
 * Times of the norm of all gradients.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { benchOp, MODELS } from "./bench_op.ts";
import { wordTable } from "./word_table.ts";

const gpu = await Gpu.request();
const cases = MODELS.map(({ C }) => {
  const store = wordTable(gpu, C);
  const norm = new GradientNorm(gpu, store);
  return {
    name: `${store.size} gradients`,
    work: { bytes: 4 * store.size },
    run: () => {
      // Gradients are new in each step.
      for (const { gradients } of store.slabs) {
        gpu.recorder.views.noteWrite(gradients.allocation);
      }
      norm.measure(1);
    },
  };
});
await benchOp(gpu, "gradient norm", cases);
