/**
 * How much memory the stages of a run take, as transformers' TrainerMemoryTracker reports it.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { host } from "../host/host.ts";

/** A stage of a run, as it is called in the keys of metrics. */
export type MemoryStage = "init" | "train" | "eval";

/** Measures stages; keeps quiet where `skip_memory_metrics` is true. Unit: bytes. */
export class MemoryTracker {
  readonly #gpu: Gpu;
  readonly #active: boolean;
  /** The stages that go on: an evaluation lies within training. */
  readonly #open = new Set<MemoryStageMeter>();

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
   * Begins to measure a stage. The GPU's share is that of the pool: activations and working memory;
   * parameters, their gradients and the optimizer's states, which stay, are not in it. The host's peak is that of the samples that {@linkcode MemoryStageMeter.sample} takes.
   *
   * @param stage The stage.
   * @returns The meter.
   */
  begin(stage: MemoryStage): MemoryStageMeter {
    if (!this.#active) return new MemoryStageMeter(null, stage);
    for (const meter of this.#open) meter.sample();
    const meter = new MemoryStageMeter(this.#gpu, stage, () => {
      for (const other of this.#open) other.sample();
      this.#open.delete(meter);
    });
    this.#open.add(meter);
    return meter;
  }
}

/** Measures one stage. */
export class MemoryStageMeter {
  readonly #gpu: Gpu | null;
  readonly #stage: MemoryStage;
  readonly #host: number = 0;
  readonly #device: number = 0;
  readonly #beforeEnd: () => void;
  #hostPeak = 0;
  #devicePeak = 0;

  /**
   * Notes what is in use.
   *
   * @param gpu The device; null for a meter that measures nothing.
   * @param stage The stage.
   * @param beforeEnd Called before the stage ends. Default: nothing.
   */
  constructor(gpu: Gpu | null, stage: MemoryStage, beforeEnd: () => void = () => {}) {
    this.#gpu = gpu;
    this.#stage = stage;
    this.#beforeEnd = beforeEnd;
    if (gpu === null) return;
    this.#host = this.#hostPeak = hostBytes();
    this.#device = gpu.pool.counters.live;
    gpu.pool.resetPeak();
  }

  /** Looks how much the host uses now, and the most that the GPU has used. */
  sample(): void {
    if (this.#gpu === null) return;
    this.#hostPeak = Math.max(this.#hostPeak, hostBytes());
    this.#devicePeak = Math.max(this.#devicePeak, this.#gpu.pool.counters.peak);
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
    this.#beforeEnd();
    const host = hostBytes();
    const { live } = this.#gpu.pool.counters;
    return {
      [`${this.#stage}_mem_cpu_alloc_delta`]: host - this.#host,
      [`${this.#stage}_mem_gpu_alloc_delta`]: live - this.#device,
      [`${this.#stage}_mem_cpu_peaked_delta`]: Math.max(0, this.#hostPeak - host),
      [`${this.#stage}_mem_gpu_peaked_delta`]: Math.max(0, this.#devicePeak - live),
    };
  }
}

function hostBytes(): number {
  return host().process.memory();
}
