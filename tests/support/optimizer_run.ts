/**
 * Runs an optimizer over made-up gradients beside its float64 reference.
 *
 * @module
 */
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import { type ParameterGroups, parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { normalValues } from "../reference/random_values.ts";

/** Two parameters decay, two do not; sizes are around a vector, a workgroup and the alignment. */
export const OPTIMIZER_SHAPES: Readonly<Record<string, readonly number[]>> = {
  "weight": [1, 1],
  "table": [257, 3],
  "LayerNorm.weight": [64],
  "bias": [5],
};

/** The names of {@linkcode OPTIMIZER_SHAPES}. */
export const OPTIMIZER_NAMES: readonly string[] = Object.keys(OPTIMIZER_SHAPES);

/** Whether a parameter decays. */
export function decaysHere(name: string): boolean {
  return name === "weight" || name === "table";
}

/** The gradient that a parameter gets in a step: of very different sizes, some of it zero. */
export function gradientOf(name: string, step: number): Float64Array {
  const index = OPTIMIZER_NAMES.indexOf(name);
  return normalValues(sizeOf(OPTIMIZER_SHAPES[name]), 100 * step + index)
    .map((value, j) => j % 7 === 3 ? 0 : Math.fround(value * 10 ** (j % 5 - 3)));
}

/** The value that a parameter begins with. */
export function initialOf(name: string): Float64Array {
  return normalValues(sizeOf(OPTIMIZER_SHAPES[name]), OPTIMIZER_NAMES.indexOf(name))
    .map(Math.fround);
}

/** The learning rate of a step. */
export function learningRateOf(step: number): number {
  return 0.01 / step;
}

/** Factor by which the gradients are multiplied before the update. */
export const GRADIENT_FACTOR = 0.5;

/** A store with the parameters of {@linkcode OPTIMIZER_SHAPES}. */
export function optimizerStore(gpu: Gpu): ParameterStore {
  const store = new ParameterStore(gpu);
  for (const name of OPTIMIZER_NAMES) {
    const shape = OPTIMIZER_SHAPES[name];
    store.declare({
      parts: [{ name, shape }],
      shape,
      decay: decaysHere(name),
      initialize: () => Float32Array.from(initialOf(name)),
    });
  }
  store.allocate(() => null, true);
  return store;
}

/** What a run leaves behind. */
export interface OptimizerRun {
  /** Parameters by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Gradients by name. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The optimizer's state. */
  readonly state: Awaited<ReturnType<Optimizer["download"]>>;
}

/**
 * Runs an optimizer.
 *
 * @param gpu The device.
 * @param create Makes the optimizer.
 * @param options Steps to run, and those of them whose gradient is infinite, which loss scaling skips.
 */
export async function runOptimizer(
  gpu: Gpu,
  create: (groups: ParameterGroups, store: ParameterStore) => Optimizer,
  { steps = 10, bad = [] as readonly number[] } = {},
): Promise<OptimizerRun> {
  const store = optimizerStore(gpu);
  const groups = parameterGroups(store, { learningRate: 1 });
  const optimizer = create(groups, store);
  const control = new StepControl(gpu, { groups: 1, scaling: bad.length > 0 });
  for (let call = 1, step = 1; call <= steps + bad.length; call++) {
    const spoilt = bad.includes(call);
    store.upload(
      ({ name }) => {
        const gradient = Float32Array.from(gradientOf(name, step));
        return spoilt ? gradient.fill(Infinity) : gradient;
      },
      (slab) => slab.gradients,
    );
    control.decide(
      { norm: gpu.constant(spoilt ? Infinity : 1), coefficient: gpu.constant(GRADIENT_FACTOR) },
      { first: step - 1, rows: [[optimizer.scalars(step, learningRateOf(step))]] },
    );
    optimizer.step(control);
    gpu.recorder.submit();
    if (!spoilt) step++;
  }
  const floats = async (pick?: Parameters<ParameterStore["download"]>[0]) =>
    new Map([...await store.download(pick)].map(([name, { data }]) => [name, data]));
  const run = {
    values: await floats(),
    gradients: await floats((slab) => slab.gradients),
    state: await optimizer.download(),
  };
  optimizer.destroy();
  control.destroy();
  store.destroy();
  return run;
}
