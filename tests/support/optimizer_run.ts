/**
 * Runs an optimizer over made-up gradients beside its float64 reference.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import type { Optimizer, StateArray } from "../../src/optim/optimizer.ts";
import { type ParameterGroups, parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { normalValues } from "../reference/random_values.ts";

/** The parts of one parameter, by name. */
export type PartShapes = Readonly<Record<string, readonly number[]>>;

/**
 * Parameters of some sizes around a vector, a workgroup and the alignment; some of several parts, which
 * begin anywhere within a vector.
 */
export const OPTIMIZER_PARAMETERS: readonly PartShapes[] = [
  { "weight": [1, 1] },
  { "table": [257, 3] },
  { "query": [5, 12], "key": [5, 12], "value": [5, 12] },
  { "matrix": [3, 257] },
  { "odd": [3, 7], "even": [5, 7] },
  { "LayerNorm.weight": [64] },
  { "bias": [5] },
  { "query.bias": [5], "key.bias": [5], "value.bias": [5] },
];

/** Whether a parameter decays. */
export function decaysHere(name: string): boolean {
  return !/bias|LayerNorm/.test(name);
}

/** The gradient that a parameter gets in a step: of very different sizes, some of it zero. */
export function gradientOf(name: string, shape: readonly number[], step: number): Float64Array {
  return normalValues(sizeOf(shape), seedOf(name) + 100 * step)
    .map((value, j) => j % 7 === 3 ? 0 : Math.fround(value * 10 ** (j % 5 - 3)));
}

/** The greatest gradient after {@linkcode GRADIENT_FACTOR}, generously: five deviations of the widest. */
export const GREATEST_GRADIENT = 25;

/** The value that a parameter begins with; at most about 5. */
export function initialOf(name: string, shape: readonly number[]): Float64Array {
  return normalValues(sizeOf(shape), seedOf(name)).map(Math.fround);
}

/** The learning rate of a step. */
export function learningRateOf(step: number): number {
  return 0.01 / step;
}

/** Factor by which the gradients are multiplied before the update. */
export const GRADIENT_FACTOR = 0.5;

/** A store with the parameters of {@linkcode OPTIMIZER_PARAMETERS}, or others. */
export function optimizerStore(
  gpu: Gpu,
  parameters: readonly PartShapes[] = OPTIMIZER_PARAMETERS,
): ParameterStore {
  const store = new ParameterStore(gpu);
  for (const shapes of parameters) {
    const parts = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
    const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    store.declare({
      parts,
      shape: [rows, ...parts[0].shape.slice(1)],
      decay: decaysHere(parts[0].name),
      initialize: ({ name, shape }) => Float32Array.from(initialOf(name, shape)),
    });
  }
  store.allocate(() => null, true);
  return store;
}

/** What a run leaves behind. */
export interface OptimizerRun {
  /** Updates done. */
  readonly steps: number;
  /** Parameters by name. */
  readonly values: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Gradients by name. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The optimizer's state. */
  readonly state: ReadonlyMap<string, StateArray>;
}

/** Everything that a run left behind as one text, quick to compare; no number is written as another is. */
export function textOf({ values, gradients, state }: OptimizerRun): string {
  const arrays = [...values, ...gradients, ...[...state].map(([name, { data }]) => [name, data])];
  return arrays.map(([name, data]) => `${name}: ${(data as Float32Array).join()}`).join("\n");
}

/** How {@linkcode runOptimizer} goes on. */
export interface OptimizerRunOptions {
  /** Updates to do. Default: 10. */
  steps?: number;
  /** Numbers, from 1, of the calls whose gradient is infinite, which loss scaling skips. Default: none. */
  bad?: readonly number[];
  /** What to go on from. Default: the beginning. */
  from?: OptimizerRun;
  /** The parameters. */
  parameters?: readonly PartShapes[];
  /** The gradient of a part in a step. */
  gradient?: (name: string, shape: readonly number[], step: number) => Float64Array;
}

/**
 * Runs an optimizer.
 *
 * @param gpu The device.
 * @param create Makes the optimizer.
 * @param options What to run.
 */
export async function runOptimizer(
  gpu: Gpu,
  create: (groups: ParameterGroups) => Optimizer,
  options: OptimizerRunOptions = {},
): Promise<OptimizerRun> {
  const { steps = 10, bad = [], from, parameters, gradient = gradientOf } = options;
  const store = optimizerStore(gpu, parameters);
  const optimizer = create(parameterGroups(store, { learningRate: 1 }));
  const control = new StepControl(gpu, { groups: 1, scaling: bad.length > 0 });
  if (from !== undefined) goOnFrom(from, { store, optimizer, control });
  const done = from?.steps ?? 0;
  for (let call = 1, step = done + 1; call <= steps + bad.length; call++) {
    const spoilt = bad.includes(call);
    store.upload(
      ({ name, shape }) => {
        const values = Float32Array.from(gradient(name, shape, step));
        return spoilt ? values.fill(Infinity) : values;
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
    steps: done + steps,
    values: await floats(),
    gradients: await floats((slab) => slab.gradients),
    state: await optimizer.download(),
  };
  optimizer.destroy();
  control.destroy();
  store.destroy();
  return run;
}

function goOnFrom(
  { steps, values, state }: OptimizerRun,
  { store, optimizer, control }: {
    store: ParameterStore;
    optimizer: Optimizer;
    control: StepControl;
  },
): void {
  store.upload(({ name }) => values.get(name)!);
  optimizer.upload((name, shape) => {
    const tensor = state.get(name)!;
    assertEquals(tensor.shape, shape, name);
    return tensor.data;
  });
  control.restore({ scale: 1, growthTracker: 0, updates: steps, skipped: 0 });
}

/** Names differ in their letters, and so in their seeds. */
function seedOf(name: string): number {
  return [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 100_003, 7);
}
