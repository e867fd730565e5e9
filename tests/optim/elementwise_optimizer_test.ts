import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { adamw } from "../../src/optim/adamw.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { testGpu } from "../support/gpu.ts";
import { optimizerStore } from "../support/optimizer_run.ts";

const ADAMW = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
const SGD = sgd({ momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 });

Deno.test("ElementwiseOptimizer keeps a number a parameter for each state, or none", async () => {
  const gpu = await testGpu();
  const store = optimizerStore(gpu, [{ "weight": [128, 64] }]);
  const groups = parameterGroups(store, { learningRate: 1 });
  for (const [rule, bytes, names] of [[ADAMW, 8, 2], [SGD, 0, 0]] as const) {
    const optimizer = new ElementwiseOptimizer(gpu, groups, rule);
    assertEquals(optimizer.stateBytes, bytes * 128 * 64);
    const state = await optimizer.download();
    assertEquals(state.size, names);
    for (const { shape } of state.values()) assertEquals(shape, [128, 64]);
    optimizer.destroy();
  }
  store.destroy();
});

Deno.test("ElementwiseOptimizer moves each group by its own learning rate", async () => {
  const gpu = await testGpu();
  const store = optimizerStore(gpu, [{ "head": [3] }, { "body": [2] }]);
  const groups = parameterGroups(store, {
    learningRate: 1,
    learningRateMapping: { "^head$": 1 },
  });
  const optimizer = new ElementwiseOptimizer(gpu, groups, SGD);
  const control = new StepControl(gpu, { groups: 2 });
  store.upload(({ shape }) => new Float32Array(shape[0]));
  store.upload(({ shape }) => new Float32Array(shape[0]).fill(1), (slab) => slab.gradients);
  const rows = [[optimizer.scalars(1, 2), optimizer.scalars(1, 3)]];
  const measured = { norm: gpu.constant(1), coefficient: gpu.constant(0.5) };
  control.decide(measured, { first: 0, rows });
  optimizer.step(control);
  const values = await store.download();
  assertEquals([...values.get("head")!.data], [-1.5, -1.5, -1.5]);
  assertEquals([...values.get("body")!.data], [-1, -1]);
  optimizer.destroy();
  control.destroy();
  store.destroy();
});

Deno.test("ElementwiseOptimizer refuses a state of other elements", async () => {
  const gpu = await testGpu();
  const store = optimizerStore(gpu, [{ "weight": [4] }]);
  const groups = parameterGroups(store, { learningRate: 1 });
  const optimizer = new ElementwiseOptimizer(gpu, groups, ADAMW);
  assertThrows(
    () => optimizer.upload(() => new Uint8Array(4)),
    InputError,
    'Cannot restore optimizer state "exp_avg.weight"',
  );
  optimizer.destroy();
  store.destroy();
});
