/**
 * Times of an update by AdamW: it reads value, gradient and two moments, and writes all but the gradient.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { createOptimizer } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { benchOp, MODELS } from "./bench_op.ts";
import { wordTable } from "./word_table.ts";

const gpu = await Gpu.request();
const cases = MODELS.map(({ C }) => {
  const store = wordTable(gpu, C);
  const optimizer = createOptimizer(gpu, parameterGroups(store, { learningRate: 1e-4 }), {
    name: "adamw_torch",
    optimArgs: null,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  const control = new StepControl(gpu, { groups: 1 });
  return {
    name: `${store.size} parameters`,
    work: { bytes: 7 * 4 * store.size },
    run: () => {
      // Gradients are new in each step.
      for (const { gradients } of store.slabs) {
        gpu.recorder.views.noteWrite(gradients.allocation);
      }
      optimizer.step(control);
    },
  };
});
await benchOp(gpu, "AdamW", cases);
