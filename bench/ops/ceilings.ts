/**
 * What an adapter can do at most, as far as a shader can tell: what ops are held against.
 *
 * @module
 */
import text from "./ceilings.wgsl" with { type: "text" };
import type { Gpu } from "../../src/gpu/device.ts";
import { Kernel } from "../../src/gpu/kernel.ts";
import { foldWorkgroups } from "../../src/gpu/recorder.ts";
import { gpuTime } from "./op_time.ts";

/** The most of two kinds of work. */
export interface Ceilings {
  /** Bytes read and written by a copy, in a second. Unit: GB/s. */
  readonly copy: number;
  /** Multiplications and additions of f32 in fused pairs, each counted, in a second. Unit: GFLOP/s. */
  readonly multiplyAdd: number;
}

const COPY = new Kernel({ name: "ceilings", source: text, entryPoint: "copy" });
const MULTIPLY_ADD = new Kernel({ name: "ceilings", source: text, entryPoint: "multiply_add" });

/** What a thread does in a turn: 16 multiply-adds on each of 8 vec4s. */
const FLOPS_A_TURN = 2 * 16 * 8 * 4;
const RUNS = 5;
const WORKGROUP = 256;

/** Sizes that take some milliseconds. */
const SIZES = {
  gpu: { bytes: 2 ** 28, threads: 2 ** 20, turns: 128 },
  software: { bytes: 2 ** 24, threads: 2 ** 14, turns: 64 },
};

/**
 * Measures both; takes less than a second.
 *
 * @param gpu The device.
 * @returns The ceilings; null where the adapter has no timestamps.
 */
export async function measureCeilings(gpu: Gpu): Promise<Ceilings | null> {
  const { bytes, threads, turns } = SIZES[gpu.kind];
  const most = Math.min(bytes, gpu.device.limits.maxStorageBufferBindingSize);
  const source = gpu.tensor([most / 4], "source");
  const result = gpu.tensor([most / 4], "result");
  const quads = most / 16;
  const dispatch = (kernel: Kernel, count: number) => () =>
    gpu.recorder.dispatch(kernel, {
      tensors: { source, result },
      params: { quads, turns },
      workgroups: foldWorkgroups(Math.ceil(count / WORKGROUP)),
    });
  try {
    const copy = await shortest(gpu, dispatch(COPY, quads));
    const multiplyAdd = await shortest(gpu, dispatch(MULTIPLY_ADD, threads));
    if (copy === null || multiplyAdd === null) return null;
    return {
      copy: 2 * most / copy / 1e6,
      multiplyAdd: threads * turns * FLOPS_A_TURN / multiplyAdd / 1e6,
    };
  } finally {
    gpu.release(source, result);
  }
}

/** Unit: milliseconds. */
async function shortest(gpu: Gpu, run: () => void): Promise<number | null> {
  let least = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const time = await gpuTime(gpu, run, 1);
    if (time === null) return null;
    least = Math.min(least, time.kernels);
  }
  return least;
}
