/**
 * A small problem that optimizers must solve.
 *
 * @module
 */
import type { Gpu } from "../../src/gpu/device.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import { type ParameterGroups, parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { normalValues } from "../reference/random_values.ts";
import { optimizerStore } from "./optimizer_run.ts";

/** Updates; the learning rate falls to zero. */
const STEPS = 100;

/**
 * Minimises the sum over rows r of a_r |w_r - t_r|^2 / 2, with a_r from 1 down to 0.01.
 *
 * @param gpu The device.
 * @param make Makes the optimizer.
 * @returns The loss in the end as a share of that of the beginning.
 */
export async function leastSquares(
  gpu: Gpu,
  make: (groups: ParameterGroups) => Optimizer,
): Promise<number> {
  const [rows, columns] = [64, 64];
  const target = normalValues(rows * columns, 1);
  const weight = (i: number) => 10 ** (-2 * Math.floor(i / columns) / rows);
  const store = optimizerStore(gpu, [{ "weight": [rows, columns] }]);
  const optimizer = make(parameterGroups(store, { learningRate: 1 }));
  const control = new StepControl(gpu, { groups: 1 });
  const lossOf = (values: Float32Array) =>
    values.reduce((sum, value, i) => sum + weight(i) * (value - target[i]) ** 2 / 2, 0);
  const measured = { norm: gpu.constant(1), coefficient: gpu.constant(1) };
  const read = async () => (await store.download()).get("weight")!.data;
  const first = lossOf(await read());
  for (let step = 1; step <= STEPS; step++) {
    const values = await read();
    const gradient = values.map((value, i) => weight(i) * (value - target[i]));
    store.upload(() => gradient, (slab) => slab.gradients);
    const rate = 0.1 * (1 - (step - 1) / STEPS);
    control.decide(measured, { first: step - 1, rows: [[optimizer.scalars(step, rate)]] });
    optimizer.step(control);
  }
  const last = lossOf(await read());
  optimizer.destroy();
  control.destroy();
  store.destroy();
  return last / first;
}
