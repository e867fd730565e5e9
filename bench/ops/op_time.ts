/**
 * What the runs of an op take.
 *
 * @module
 */
import type { Gpu } from "../../src/gpu/device.ts";
import { TraceRecording } from "../../src/gpu/trace_recording.ts";

/** What one run takes by the GPU's clock. Unit: milliseconds. */
export interface OpTime {
  /** In kernels. */
  readonly kernels: number;
  /** Between them, for copies. */
  readonly between: number;
}

/**
 * Runs an op and waits for it.
 *
 * @param gpu The device.
 * @param run Records one run.
 * @param runs How many.
 * @returns What all of them took by the host's clock. Unit: milliseconds.
 */
export async function wallTime(gpu: Gpu, run: () => void, runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) run();
  await gpu.read(gpu.nothing);
  return performance.now() - start;
}

/**
 * The mean of some runs; a run before them begins the submit, so that copies of all of them count.
 *
 * @param gpu The device.
 * @param run Records one run; all record as many dispatches.
 * @param runs How many.
 * @returns Their time; null where the adapter has no timestamps.
 */
export async function gpuTime(gpu: Gpu, run: () => void, runs: number): Promise<OpTime | null> {
  const recording = await TraceRecording.begin(gpu);
  for (let i = 0; i < runs + 1; i++) run();
  const { dispatches } = await recording.end();
  if (dispatches === null) return null;
  const first = dispatches.length / (runs + 1);
  const measured = dispatches.slice(first);
  const kernels = measured.reduce((sum, { start, end }) => sum + end - start, 0);
  const whole = measured.at(-1)!.end - dispatches[first - 1].end;
  return { kernels: kernels / runs, between: (whole - kernels) / runs };
}
