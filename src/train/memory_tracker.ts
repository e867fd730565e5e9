/**
 * How much memory the stages of a run take, as transformers' TrainerMemoryTracker reports it.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";

/** A stage of a run, as it is called in the keys of metrics. */
export type MemoryStage = "init" | "train" | "eval";

/** Measures stages; keeps quiet where `skip_memory_metrics` is true. Unit: bytes. */
export class MemoryTracker {
  readonly #gpu: Gpu;
  readonly #active: boolean;

  /**
   * Measures nothing yet.
   *
   * @param gpu The device.
   * @param active Whether anything is wanted.
   */
  constructor(gpu: Gpu, active: boolean) {
    this.#gpu = gpu;
    this.#active = active;
  }

  /**
   * Begins to measure a stage. The GPU's share is exact: the buffers of activations and of the run. The
   * host's peak is that of the samples that {@linkcode MemoryStageMeter.sample} takes.
   *
   * @param stage The stage.
   * @returns The meter.
   */
  begin(stage: MemoryStage): MemoryStageMeter {
    return new MemoryStageMeter(this.#active ? this.#gpu : null, stage);
  }
}

/** Measures one stage. */
export class MemoryStageMeter {
  readonly #gpu: Gpu | null;
  readonly #stage: MemoryStage;
  readonly #host: number = 0;
  readonly #device: number = 0;
  #hostPeak = 0;

  /**
   * Notes what is in use.
   *
   * @param gpu The device; null for a meter that measures nothing.
   * @param stage The stage.
   */
  constructor(gpu: Gpu | null, stage: MemoryStage) {
    this.#gpu = gpu;
    this.#stage = stage;
    if (gpu === null) return;
    this.#host = this.#hostPeak = hostBytes();
    this.#device = gpu.pool.counters.live;
    gpu.pool.resetPeak();
  }

  /** Looks how much the host uses now. */
  sample(): void {
    if (this.#gpu !== null) this.#hostPeak = Math.max(this.#hostPeak, hostBytes());
  }

  /**
   * Ends the stage.
   *
   * @returns Differences to its beginning: `STAGE_mem_cpu_alloc_delta` at its end,
   *   `..._peaked_delta` how much more was in use between; the same for the GPU. Nothing where
   *   nothing is measured.
   */
  end(): Record<string, number> {
    if (this.#gpu === null) return {};
    this.sample();
    const host = hostBytes();
    const { live, peak } = this.#gpu.pool.counters;
    return {
      [`${this.#stage}_mem_cpu_alloc_delta`]: host - this.#host,
      [`${this.#stage}_mem_gpu_alloc_delta`]: live - this.#device,
      [`${this.#stage}_mem_cpu_peaked_delta`]: Math.max(0, this.#hostPeak - host),
      [`${this.#stage}_mem_gpu_peaked_delta`]: Math.max(0, peak - live),
    };
  }
}

function hostBytes(): number {
  return Deno.memoryUsage().rss;
}
