/**
 * The tests that every optimizer must pass.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import type { ParameterGroups } from "../../src/optim/parameter_groups.ts";
import { assertClose } from "./assert_close.ts";
import { testGpus } from "./gpu.ts";
import {
  GRADIENT_FACTOR,
  gradientOf,
  initialOf,
  OPTIMIZER_PARAMETERS,
  type PartShapes,
  runOptimizer,
  textOf,
} from "./optimizer_run.ts";

const STEPS = 10;

/** What a float64 reference is asked for. */
export interface ReferenceRun {
  /** The parameter's name. */
  readonly name: string;
  /** Its extents. */
  readonly shape: readonly number[];
  /** Its values before the first update. */
  readonly initial: Float64Array;
  /** The gradient of every update, the factor included. */
  readonly gradients: readonly Float64Array[];
}

/** What a float64 reference answers. */
export interface ReferenceResult {
  /** The parameter after the last update. */
  readonly parameter: Float64Array;
  /** The states by their names in files. */
  readonly states: Readonly<Record<string, Float64Array>>;
}

/** Allowed difference. */
export interface Tolerance {
  /** Independent of the value. */
  readonly absolute: number;
  /** As a fraction of the expected value. */
  readonly relative: number;
}

/** An optimizer under test. */
export interface OptimizerChecks {
  /** Makes it. */
  create: (gpu: Gpu, groups: ParameterGroups) => Optimizer;
  /** Does the same in float64. */
  reference: (run: ReferenceRun) => ReferenceResult;
  /** For parameters. */
  tolerance: Tolerance;
  /** For states. */
  stateTolerance: Tolerance;
  /** The parameters. Default: those of `optimizer_run.ts`. */
  parameters?: readonly PartShapes[];
  /** What may lie beyond the tolerance: a share of all elements, and how far. Default: nothing. */
  rare?: { share: number; tolerance: Tolerance; stateTolerance: Tolerance };
}

/**
 * Declares the tests.
 *
 * @param label The optimizer's name.
 * @param checks The optimizer.
 */
export function checkOptimizer(label: string, checks: OptimizerChecks): void {
  const { create, parameters = OPTIMIZER_PARAMETERS } = checks;
  const onEach = async (
    check: (gpu: Gpu, make: (g: ParameterGroups) => Optimizer) => Promise<void>,
  ) => {
    let seen = 0;
    for (const gpu of await testGpus()) {
      await check(gpu, (groups) => create(gpu, groups));
      seen++;
    }
    assertEquals(seen, 2);
  };

  Deno.test(`${label} equals its reference over ten steps, with and without decay`, () =>
    onEach(async (gpu, make) => {
      const run = await runOptimizer(gpu, make, { steps: STEPS, parameters });
      const names = compareRun(run, label, checks);
      assertEquals(names, parameters.flatMap((parts) => Object.keys(parts)).length);
    }));

  Deno.test(`${label} leaves everything as it is in a skipped step, and counts it for nothing`, () =>
    onEach(async (gpu, make) => {
      const plain = await runOptimizer(gpu, make, { steps: 5, parameters });
      const skipping = await runOptimizer(gpu, make, { steps: 5, parameters, bad: [1, 4] });
      assert(textOf(skipping) === textOf(plain));
    }));

  Deno.test(`${label} goes on from a saved state bit for bit`, () =>
    onEach(async (gpu, make) => {
      const whole = await runOptimizer(gpu, make, { steps: STEPS, parameters });
      const from = await runOptimizer(gpu, make, { steps: 5, parameters });
      const resumed = await runOptimizer(gpu, make, { steps: 5, parameters, from });
      assert(textOf(resumed) === textOf(whole));
      assert(textOf(from) !== textOf(whole));
    }));

  Deno.test(`${label} makes nothing but numbers of gradients of zero`, () =>
    onEach(async (gpu, make) => {
      const gradient = (_name: string, shape: readonly number[]) => new Float64Array(sizeOf(shape));
      const { values, state } = await runOptimizer(gpu, make, { steps: 3, parameters, gradient });
      for (const [name, data] of [...values, ...[...state].map(([n, s]) => [n, s.data] as const)]) {
        assert(data.every(Number.isFinite), name);
      }
    }));
}

function compareRun(
  run: Awaited<ReturnType<typeof runOptimizer>>,
  label: string,
  { reference, tolerance, stateTolerance, rare, parameters = OPTIMIZER_PARAMETERS }:
    OptimizerChecks,
): number {
  let [names, states, beyond, elements] = [0, 0, 0, 0];
  const compare = (
    actual: Float32Array,
    expected: Float64Array,
    at: { op: string; case: string; near: Tolerance; far: Tolerance | undefined },
  ) => {
    const { near, far = near } = at;
    assertClose(actual, expected, { op: at.op, case: at.case, ...far });
    elements += expected.length;
    beyond +=
      expected.filter((value, i) =>
        Math.abs(value - actual[i]) > near.absolute + near.relative * Math.abs(value)
      ).length;
  };
  for (const [name, shape] of parameters.flatMap((parts) => Object.entries(parts))) {
    const gradients = Array.from(
      { length: STEPS },
      (_, i) => gradientOf(name, shape, i + 1).map((value) => value * GRADIENT_FACTOR),
    );
    const wanted = reference({ name, shape, initial: initialOf(name, shape), gradients });
    const far = rare?.tolerance;
    const at = { op: label, case: name, near: tolerance, far };
    compare(run.values.get(name)!, wanted.parameter, at);
    assertEquals(run.gradients.get(name)!.some((value) => value !== 0), false, name);
    for (const [state, expected] of Object.entries(wanted.states)) {
      const key = `${state}.${name}`;
      const { data } = run.state.get(key) ?? {};
      assert(data instanceof Float32Array, `${label} has no state ${key}`);
      const at = { op: label, case: key, near: stateTolerance, far: rare?.stateTolerance };
      compare(data, expected, at);
      states++;
    }
    names++;
  }
  assertEquals(run.state.size, states, "number of states");
  assert(beyond <= (rare?.share ?? 0) * elements, `${beyond} of ${elements} values are rare ones`);
  return names;
}
