import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { createOptimizer } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { OverflowingLoss } from "../train/training_probes.ts";
import { testGpu } from "../support/gpu.ts";
import { edgeRun } from "./edge_run.ts";

const whole = { maxSteps: -1, numTrainEpochs: 2 };

Deno.test("an epoch shorter than the accumulation is one step of the batches that there are", async () => {
  // Three batches an epoch: 3 of 100, then 2 and 1 of 2.
  const short = await edgeRun({ ...whole, gradientAccumulationSteps: 100 });
  const exact = await edgeRun({ ...whole, gradientAccumulationSteps: 3 });
  assertEquals([short.steps, short.bits], [2, exact.bits]);
  const cut = await edgeRun({ ...whole, gradientAccumulationSteps: 2 });
  assertEquals([cut.steps, cut.isFinite], [4, true]);
  // Longer than the whole run: max_steps counts steps, not batches.
  const asked = await edgeRun({ maxSteps: 2, gradientAccumulationSteps: 1000 });
  assertEquals([asked.steps, asked.bits], [2, exact.bits]);
});

Deno.test("a warmup longer than the run never comes to the learning rate", async () => {
  const { steps, rates, isFinite } = await edgeRun({ learningRate: 1e-3, warmupSteps: 1000 });
  assertEquals([steps, rates, isFinite], [3, [0, 1e-6, 2e-6], true]);
  const all = await edgeRun({ learningRate: 3e-3, warmupRatio: 1 });
  assertEquals(all.rates.map((rate) => Math.round(1e6 * rate)), [0, 1000, 2000]);
});

Deno.test("learning rate 0 changes nothing, with and without weight decay", async () => {
  for (const weightDecay of [0, 0.1]) {
    const { steps, rates, changed } = await edgeRun({ learningRate: 0, weightDecay });
    assertEquals([steps, rates, changed], [3, [0, 0, 0], []]);
  }
  await assertRejects(() => edgeRun({ learningRate: -1 }), UsageError, "a number of at least 0");
});

Deno.test("max_grad_norm may be tiny, huge, and beyond f32; 0 is no limit", async () => {
  const none = await edgeRun({ maxGradNorm: 0 });
  for (const maxGradNorm of [1e38, 1e300]) {
    assertEquals((await edgeRun({ maxGradNorm })).bits, none.bits, `${maxGradNorm}`);
  }
  for (const maxGradNorm of [1e-30, 1e-45, 1e-300]) {
    // Nearer to 0 than AdamW's epsilon of 1e-8: no parameter moves by a bit.
    const { steps, changed } = await edgeRun({ maxGradNorm });
    assertEquals([steps, changed], [3, []], `${maxGradNorm}`);
  }
  for (const maxGradNorm of [Infinity, NaN, -1]) {
    await assertRejects(() => edgeRun({ maxGradNorm }), UsageError, "max_grad_norm");
  }
});

Deno.test("weight decay where no parameter decays is an update without it", async () => {
  const gpu = await testGpu();
  const update = async (weightDecay: number) => {
    const store = new ParameterStore(gpu);
    const initialize = () => Float32Array.of(1, -2, 3);
    const part = { name: "norm.bias", shape: [3] };
    store.declare({ parts: [part], shape: [3], decay: false, initialize });
    store.allocate(() => null, true);
    store.upload(() => Float32Array.of(1, 0, -1), ({ gradients }) => gradients);
    const options = { optimArgs: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
    const groups = parameterGroups(store, { learningRate: 1e-2 });
    const optimizer = createOptimizer(gpu, groups, { name: "adamw_torch", ...options });
    const control = new StepControl(gpu, { groups: 1 });
    const norm = new GradientNorm(gpu, store);
    control.decide(norm.measure(0), { first: 0, rows: [[optimizer.scalars(1, 1e-2)]] });
    optimizer.step(control);
    const [{ data }] = (await store.download()).values();
    [optimizer, control, norm, store].forEach((part) => part.destroy());
    return [...data];
  };
  const without = await update(0);
  assertEquals(await update(0.5), without);
  assertEquals(without[1], -2);
  assert(without[0] < 1 && without[2] > 3);
});

Deno.test("fp16 gradients that overflow in every step train nothing, end, and are counted", async () => {
  const maxSteps = 200;
  const loss = new OverflowingLoss(...Array.from({ length: maxSteps }, (_, i) => i + 1));
  const { steps, changed, isFinite, lines } = await edgeRun(
    { fp16: true, maxSteps, loggingSteps: 10 },
    { loss },
  );
  // The scale has come down to 0 by then: 16 + 149 halvings from 2^16.
  assertEquals([steps, changed, isFinite], [maxSteps, [], true]);
  assertMatch(lines.at(-1)!, /^200 of 200 steps were skipped, .*; the loss scale is 0 now$/);
  assertMatch(lines[1], /^The last \d+ steps were all skipped, .*; train with bf16/);
});

Deno.test("lengths of a run: a fraction of an epoch is a step at least, and nothing is refused", async () => {
  assertEquals((await edgeRun({ maxSteps: -1, numTrainEpochs: 0.01 })).steps, 1);
  await assertRejects(
    () => edgeRun({ maxSteps: -1, numTrainEpochs: 0 }),
    UsageError,
    "num_train_epochs is 0",
  );
  // Intervals longer than the run are never reached; the end logs alone.
  const { losses, evaluations } = await edgeRun({ loggingSteps: 1000 });
  assertEquals([losses, evaluations], [[], []]);
});

Deno.test("adam_epsilon 0 divides gradients of 0 by 0, as PyTorch, and the run says what became of it", async () => {
  const { steps, isFinite, lines } = await edgeRun({ adamEpsilon: 0 });
  assertEquals([steps, isFinite, lines.length], [3, false, 1]);
  assertMatch(lines[0], /^Step 2: the loss is NaN and the norm of the gradient NaN; /);
});
