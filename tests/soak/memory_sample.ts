/**
 * What a process holds at a moment of a run, and how much more it may hold later.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Gpu } from "../../src/gpu/device.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What is held after so many steps. Unit: bytes, unless they say otherwise. */
export interface MemorySample {
  /** Optimizer steps done. */
  readonly step: number;
  /** Memory of the process that is in RAM; on a software adapter the GPU's is part of it. */
  readonly rss: number;
  /** Objects of JavaScript. */
  readonly heap: number;
  /** Buffers of activations and the like, in use or free. */
  readonly pool: number;
  /** Of these, in use between steps. */
  readonly live: number;
  /** The most that the pool holds before it gives up free buffers. */
  readonly mostPooled: number;
  /** Open files, sockets and the like; 0 where the system does not tell. Unit: one. */
  readonly files: number;
}

/**
 * The least that a leak could hold of each step: a small object, a quarter of a page of the driver, and the
 * smallest buffer of the pool.
 */
const PER_STEP = { heap: 64, rss: 1024, pool: 256 };

/** What comes and goes without being a leak: compiled code, and the allocator's own stores. */
const NOISE = { heap: 2 ** 20, rss: 2 ** 25, pool: 0 };

/**
 * Looks at the process, once its garbage is collected.
 *
 * @param gpu The device.
 * @param step Optimizer steps done.
 */
export function memorySample(gpu: Gpu, step: number): MemorySample {
  collectGarbage();
  const { rss, heapUsed: heap } = Deno.memoryUsage();
  const { counters: { held: pool, live }, mostHeld: mostPooled } = gpu.pool;
  return { step, rss, heap, pool, live, mostPooled, files: openFiles() };
}

/**
 * What has grown more between two samples than a run whose memory is flat may grow.
 *
 * @param from The first, after the warm-up.
 * @param to The last.
 * @param noise What comes and goes. Default: 32 MiB of the process and 1 MiB of objects.
 * @returns One sentence for each.
 */
export function growth(
  from: MemorySample,
  to: MemorySample,
  noise: Partial<typeof NOISE> = {},
): string[] {
  const steps = to.step - from.step;
  const allowed = { ...NOISE, ...noise };
  const grown = (["rss", "heap", "pool"] as const).flatMap((kind) => {
    const bound = allowed[kind] + steps * PER_STEP[kind];
    const drift = to[kind] - from[kind];
    return drift <= bound
      ? []
      : [`${kind} grew by ${drift} bytes in ${steps} steps, over ${bound}`];
  });
  if (to.live !== from.live) grown.push(`${to.live - from.live} bytes of the pool stayed in use`);
  if (to.files > from.files) grown.push(`${to.files - from.files} more files are open`);
  return grown;
}

/** A row of numbers for a table. Unit: MiB, unless they say otherwise. */
export function sampleRow({ step, rss, heap, pool, files }: MemorySample): Record<string, number> {
  const mib = (bytes: number) => Number((bytes / 2 ** 20).toFixed(2));
  return { step, "RSS": mib(rss), "heap": mib(heap), "GPU pool": mib(pool), "open files": files };
}

function openFiles(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return 0;
  }
}
