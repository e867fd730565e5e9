/**
 * Runs a differentiable op the way training does, with every trap set: its inputs in windows of a slab
 * or as results of another op, all memory full of NaN, twice for equal bits.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Kernel } from "../../src/gpu/kernel.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { type Allocation, sizeOf, Tensor } from "../../src/gpu/tensor.ts";
import { Tape } from "../../src/ops/tape.ts";

/** A differentiable input. */
export interface OpInput {
  /** Its extents. */
  shape: readonly number[];
  /** Its values. */
  data: Float64Array;
  /** Whether it is a parameter, whose gradient accumulates, or an activation. */
  parameter?: boolean;
}

/** What to run. */
export interface OpRun<Name extends string> {
  /** The differentiable inputs. */
  inputs: Record<Name, OpInput>;
  /** The op under test. */
  forward: (tape: Tape, tensors: Record<Name, Tensor>) => Tensor;
  /** The gradient that flows into the output. */
  dOutput: Float64Array;
  /** Seed of dropout. */
  seed?: number;
  /** Runs the op twice over the same inputs, so that gradients add up. Default: false. */
  twice?: boolean;
}

/** What came out. */
export interface OpResult<Name extends string> {
  /** Values of the output. */
  y: Float32Array;
  /** Gradients by input. */
  gradients: Record<Name, Float32Array>;
}

const FILL_NAN = new Kernel({
  name: "fill_nan",
  entryPoint: "fill",
  source: `struct Params { size: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(64)
fn fill(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) n: vec3<u32>) {
  for (var i = id.x; i < params.size; i += n.x * 64u) { y[i] = 0x7fc00000u; }
}`,
});

/** From now on every buffer of the pool arrives full of NaN. Returns how to stop. */
export function poison(gpu: Gpu): () => void {
  gpu.pool.onAcquire = (allocation: Allocation) => {
    const size = allocation.bytes / 4;
    const y = new Tensor({ allocation, shape: [size], label: "poisoned" });
    gpu.recorder.dispatch(FILL_NAN, {
      tensors: { y },
      params: { size },
      workgroups: [Math.min(1024, Math.ceil(size / 64))],
    });
  };
  return () => {
    gpu.pool.onAcquire = null;
  };
}

/**
 * Runs an op forward and backward.
 *
 * @throws {AssertionError} If memory stays behind, the output's neighbours are overwritten, or a second
 *   run gives other bits.
 */
export async function runOp<Name extends string>(
  gpu: Gpu,
  run: OpRun<Name>,
): Promise<OpResult<Name>> {
  const stop = poison(gpu);
  try {
    const first = await runOnce(gpu, run);
    const second = await runOnce(gpu, run);
    assertEquals(bits(first), bits(second), "a second run gave other bits");
    return first;
  } finally {
    stop();
  }
}

async function runOnce<Name extends string>(
  gpu: Gpu,
  { inputs, forward, dOutput, seed, twice = false }: OpRun<Name>,
): Promise<OpResult<Name>> {
  const store = new ParameterStore(gpu);
  const initialize = () => new Float32Array(3).fill(NaN);
  // Windows do not begin at 0, in either slab.
  for (const decay of [true, false]) {
    store.declare({
      parts: [{ name: `first ${decay}`, shape: [3] }],
      shape: [3],
      decay,
      initialize,
    });
  }
  const names = Object.keys(inputs) as Name[];
  const parameters = names.map((name, i) => {
    const { shape, data } = inputs[name];
    assertEquals(data.length, sizeOf(shape), `size of ${name}`);
    return store.declare({
      parts: [{ name, shape }],
      shape,
      decay: i % 2 === 0,
      initialize: () => Float32Array.from(data),
    });
  });
  store.allocate(() => null, true);
  gpu.constant(1);
  const live = gpu.pool.counters.live;
  const tape = new Tape(gpu, { recording: true, seed });
  const tensors = Object.fromEntries(
    names.map((name, i) => {
      const { value } = parameters[i];
      return [name, inputs[name].parameter ? value : activation(tape, value)];
    }),
  ) as Record<Name, Tensor>;
  const outputs = Array.from({ length: twice ? 2 : 1 }, () => forward(tape, tensors));
  const y = await gpu.read(outputs[0]);
  await assertCanaries(gpu, outputs[0]);
  tape.backward(weightedSum(tape, outputs, dOutput));
  const gradients = await store.download((slab) => slab.gradients);
  tape.end();
  assertEquals(gpu.pool.counters.live, live, "memory stays behind");
  store.destroy();
  return {
    y,
    gradients: Object.fromEntries(
      names.map((name) => [name, gradients.get(name)!.data]),
    ) as Record<Name, Float32Array>,
  };
}

/** The same values as the result of an op, whose gradient is written before it is added to. */
function activation(tape: Tape, value: Tensor): Tensor {
  const y = tape.empty(value.shape, value.label);
  tape.gpu.recorder.copy(value, y);
  tape.record(y, [value], [], (dY) => tape.gpu.recorder.copy(dY, value.gradient!));
  return y;
}

/** A scalar whose gradient with respect to each output is `weights`. */
function weightedSum(tape: Tape, outputs: readonly Tensor[], weights: Float64Array): Tensor {
  assertEquals(weights.length, outputs[0].size, "size of the output's gradient");
  const data = Float32Array.from(weights);
  const uploaded = tape.upload(outputs[0].shape, data, "weights");
  const sum = tape.empty([], "weighted sum");
  tape.record(sum, outputs, [uploaded], () => {
    for (const output of outputs) {
      tape.gpu.recorder.copy(uploaded, tape.slot(output)!.gradient);
    }
  });
  return sum;
}

/** What lies behind the output in its buffer is still NaN. */
async function assertCanaries(gpu: Gpu, output: Tensor): Promise<void> {
  const { allocation } = output;
  const whole = new Tensor({ allocation, shape: [allocation.bytes / 4], label: "buffer" });
  const behind = (await gpu.read(whole)).subarray(output.size);
  assert(behind.every(Number.isNaN), "the output's neighbours were overwritten");
}

function bits<Name extends string>({ y, gradients }: OpResult<Name>): Uint32Array[] {
  return [y, ...Object.values<Float32Array>(gradients)].map((values) =>
    new Uint32Array(values.buffer, values.byteOffset, values.length)
  );
}
