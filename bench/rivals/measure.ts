/**
 * How a program of one engine is measured: flags in, one line of JSON out.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Gpu } from "../../src/gpu/device.ts";

/** What a program's flags say. */
export interface Plan {
  /** File of the task: see `task.ts`. */
  readonly task: string;
  /** File of the initial weights. */
  readonly weights: string;
  /** Backend of the engine, where it has several. */
  readonly backend: string;
  /** How factors of products are stored: `f32`, or `f16`. */
  readonly precision: string;
  /** Entries of the word table, if fewer than the task's. */
  readonly vocabulary: number;
  /** Runs before the measurement. */
  readonly warmup: number;
  /** How often time is taken. */
  readonly times: number;
  /** Runs between two looks at the clock; the results of all of them are then read. */
  readonly runs: number;
}

/** What a program prints. Times are of one run. */
export interface Measured {
  /** Engine and backend. */
  readonly name: string;
  /** What ran. */
  readonly what: string;
  /** How often time was taken. */
  readonly n: number;
  /** Runs between two looks at the clock. */
  readonly runs_per_time: number;
  /** Median of the times. Unit: ms. */
  readonly median_ms: number;
  /** The shortest. Unit: ms. */
  readonly min_ms: number;
  /** The longest. Unit: ms. */
  readonly max_ms: number;
  /** What the first five runs gave: losses, or an element of the product. */
  readonly first_values: readonly number[];
  /** What the first run gave. */
  readonly loss_first: number;
  /** What the last run gave. */
  readonly loss_last: number;
  /** Most memory that the process held. Unit: MB. */
  readonly peak_rss_mb: number;
  /** Most memory that it held on a GPU, where that is known. Unit: MB. */
  readonly peak_gpu_mb?: number;
  /** Versions of what ran. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A thing that runs again and again; `Result` stands for a number that may still be on the device. */
export interface Subject<Result> {
  /** Engine and backend. */
  readonly name: string;
  /** What runs. */
  readonly what: string;
  /** Versions of what runs. */
  readonly versions: Readonly<Record<string, string>>;
  /** Starts run `index`, counted from 0. */
  readonly run: (index: number) => Result | Promise<Result>;
  /** Waits for runs and gives a number for each. */
  readonly read: (results: readonly Result[]) => Promise<readonly number[]>;
  /** The most that it held on the GPU so far. Unit: bytes. Default: unknown. */
  readonly gpuBytes?: () => number;
}

/**
 * Reads a program's flags.
 *
 * @param args The command line.
 * @returns The plan.
 */
export function readPlan(args: string[]): Plan {
  const counts = ["warmup", "times", "runs"] as const;
  const texts = ["task", "weights", "backend", "precision", "vocabulary", ...counts] as const;
  const flags = parseArgs(args, { string: texts });
  return {
    task: flags.task ?? "",
    weights: flags.weights ?? "",
    backend: flags.backend ?? "webgpu",
    precision: flags.precision ?? "f32",
    vocabulary: Number(flags.vocabulary ?? Infinity),
    warmup: Number(flags.warmup ?? 1),
    times: Number(flags.times ?? 1),
    runs: Number(flags.runs ?? 1),
  };
}

/**
 * Runs, takes the time, and prints one line of JSON.
 *
 * @param subject What to run.
 * @param plan How often.
 */
export async function measure<Result>(subject: Subject<Result>, plan: Plan): Promise<void> {
  const { warmup, times: n, runs } = plan;
  const values: number[] = [];
  let index = 0;
  const run = async (count: number): Promise<number> => {
    const start = performance.now();
    const results: Result[] = [];
    for (let i = 0; i < count; i++) results.push(await subject.run(index++));
    values.push(...await subject.read(results));
    return (performance.now() - start) / count;
  };
  for (let i = 0; i < warmup; i++) await run(1);
  const times: number[] = [];
  for (let i = 0; i < n; i++) times.push(await run(runs));
  tell(subject, { times, runs, values });
}

/** What was measured: times of one run, runs between two looks at the clock, and what runs gave. */
export interface Measurement {
  /** At least one. Unit: ms. */
  readonly times: readonly number[];
  /** Runs that a time is the mean of. */
  readonly runs: number;
  /** At least one. */
  readonly values: readonly number[];
}

/**
 * The most that sentrain held on a GPU so far.
 *
 * @param gpu Its device.
 * @returns Tensors, and their copies as textures where the adapter wants them. Unit: bytes.
 */
export function heldOn(gpu: Gpu): number {
  return gpu.pool.counters.peak + gpu.recorder.views.bytes;
}

/**
 * Prints the line of JSON.
 *
 * @param subject What ran.
 * @param measurement What was measured.
 */
export function tell(
  { name, what, versions, gpuBytes }: Pick<
    Subject<unknown>,
    "name" | "what" | "versions" | "gpuBytes"
  >,
  { times, runs, values }: Measurement,
): void {
  const measured: Measured = {
    name,
    what,
    n: times.length,
    runs_per_time: runs,
    median_ms: median(times),
    min_ms: Math.min(...times),
    max_ms: Math.max(...times),
    first_values: values.slice(0, 5),
    loss_first: values[0],
    loss_last: values[values.length - 1],
    peak_rss_mb: peakMemory(),
    ...(gpuBytes && { peak_gpu_mb: gpuBytes() / 1e6 }),
    versions: { ...versions, deno: Deno.version.deno },
  };
  console.log(JSON.stringify(measured));
}

/**
 * The middle of some numbers; of an even number of them the mean of the middle two.
 *
 * @param numbers At least one.
 * @returns The median.
 */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Linux keeps the peak; elsewhere what is held at the end must do. */
function peakMemory(): number {
  try {
    const kilobytes = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024 / 1e6;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Deno.memoryUsage().rss / 1e6;
}
