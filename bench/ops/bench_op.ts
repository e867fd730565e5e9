/**
 * What the benches of ops share: tensors, a tape like that of training, a table from GPU timestamps.
 *
 * @module
 */
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { Tape } from "../../src/ops/tape.ts";
import { formatTable } from "../../src/reporters/table.ts";
import { type Ceilings, measureCeilings } from "./ceilings.ts";
import { gpuTime, type OpTime, wallTime } from "./op_time.ts";

/** Tokens of a batch. */
export const TOKENS = 2048;

/** Columns and heads of the main job's encoder, and of MiniLM's. */
export const MODELS = [{ C: 128, H: 2 }, { C: 384, H: 12 }] as const;

/** What a wait for the GPU takes in Deno, work aside. Unit: milliseconds. */
const WAIT = 11;
/** How long the runs shall take that one wait is paid for. Unit: milliseconds. */
const ENOUGH = 100;
const MOST_RUNS = 100;
/** Measurements that `deno bench` takes. */
const REPETITIONS = 3;

/** An op at one size. */
export interface OpCase {
  /** Sizes, and whether backward is in it. */
  readonly name: string;
  /** What a run computes, or the bytes that it cannot but move: inputs read once, results written once. */
  readonly work: { readonly flops: number } | { readonly bytes: number };
  /** Records one run. */
  readonly run: () => void;
}

/**
 * Prints what the runs take by the GPU's clock, and hands them to `deno bench`, which takes the host's.
 *
 * @param gpu The device.
 * @param op What is measured.
 * @param cases At which sizes.
 */
export async function benchOp(gpu: Gpu, op: string, cases: readonly OpCase[]): Promise<void> {
  const rows: (string | number)[][] = [];
  const ceilings = await measureCeilings(gpu);
  for (const { name, work, run } of cases) {
    // Compiles; the second time is a first guess.
    await wallTime(gpu, run, 1);
    const guess = await wallTime(gpu, run, 1);
    const runs = Math.min(MOST_RUNS, Math.ceil(ENOUGH / Math.max(1, guess - WAIT)));
    const time = await gpuTime(gpu, run, runs);
    rows.push([name, ...(time === null || ceilings === null ? [] : row(time, work, ceilings))]);
    Deno.bench({
      name: `${runs} x ${op}: ${name}`,
      n: REPETITIONS,
      warmup: 0,
      fn: () => wallTime(gpu, run, runs).then(() => {}),
    });
  }
  if (ceilings === null) {
    console.log(`\n${op} on ${gpu.info.description}: no timestamp queries, so no GPU times`);
    return;
  }
  console.log(`\n${op} on ${gpu.info.description}, by GPU timestamps`);
  const header = [
    "a run",
    "ms of kernels",
    "ms of copies between",
    "rate of kernels",
    "of ceiling",
  ];
  console.log(formatTable(header, rows, { digits: 3 }));
  console.log(
    `ceilings: a copy ${ceilings.copy.toFixed(1)} GB/s, ` +
      `multiply-adds ${ceilings.multiplyAdd.toFixed(1)} GFLOP/s`,
  );
}

function row(
  { kernels, between }: OpTime,
  work: OpCase["work"],
  { copy, multiplyAdd }: Ceilings,
): (string | number)[] {
  const [rate, unit, most] = "flops" in work
    ? [work.flops / kernels / 1e6, "GFLOP/s", multiplyAdd] as const
    : [work.bytes / kernels / 1e6, "GB/s", copy] as const;
  const share = `${(100 * rate / most).toFixed(0)} %`;
  return [kernels, between, `${rate.toFixed(unit === "GB/s" ? 2 : 1)} ${unit}`, share];
}

/**
 * A tensor of numbers between -1 and 1.
 *
 * @param gpu The device.
 * @param shape Its extents.
 * @param options Whether it is a parameter, which has a gradient. Default: false.
 * @returns The tensor.
 */
export function filled(
  gpu: Gpu,
  shape: readonly number[],
  { isParameter = false }: { isParameter?: boolean } = {},
): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const label = isParameter ? "parameter" : "activation";
  const values = gpu.upload(shape, new Float32Array(size).map((_, i) => Math.sin(i)), label);
  if (!isParameter) return values;
  const gradient = gpu.tensor(shape, `d_${label}`);
  gpu.recorder.clear(gradient);
  return new Tensor({ allocation: values.allocation, shape, label, gradient });
}

/** An op on a tape. */
export interface TapedOp {
  /** Results of ops before it: they are new in each run, and their gradients are wanted. */
  readonly activations: readonly Tensor[];
  /** Whether the backward pass runs too. */
  readonly backward: boolean;
  /** Runs the op. */
  readonly forward: (tape: Tape) => Tensor;
}

/**
 * What runs an op as training does.
 *
 * @param gpu The device.
 * @param op The op.
 * @returns Records one run.
 */
export function onTape(gpu: Gpu, { activations, backward, forward }: TapedOp): () => void {
  const source = filled(gpu, [4], { isParameter: true });
  let dOutput: Tensor | null = null;
  return () => {
    const tape = new Tape(gpu, { recording: backward, training: true, seed: 1 });
    for (const tensor of activations) {
      gpu.recorder.views.noteWrite(tensor.allocation);
      tape.record(tensor, [source], [], () => {});
    }
    const output = forward(tape);
    if (backward) {
      dOutput ??= filled(gpu, output.shape);
      tape.backward(output, dOutput);
    }
    tape.end();
  };
}

/**
 * The same op without and with its backward pass.
 *
 * @param gpu The device.
 * @param name Its sizes.
 * @param op The op, and the work of both.
 * @returns Two cases.
 */
export function forwardAndBackward(
  gpu: Gpu,
  name: string,
  { work: [forward, both], ...op }: Omit<TapedOp, "backward"> & {
    work: readonly [OpCase["work"], OpCase["work"]];
  },
): OpCase[] {
  return [
    { name: `${name}, forward`, work: forward, run: onTape(gpu, { ...op, backward: false }) },
    { name: `${name}, and backward`, work: both, run: onTape(gpu, { ...op, backward: true }) },
  ];
}
