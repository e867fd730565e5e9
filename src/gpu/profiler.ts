/**
 * GPU time of every dispatch from timestamp queries. Nothing waits before {@linkcode Profiler.take}:
 * each submit copies its times behind those of the submits before it.
 *
 * @module
 */
import { type KernelTime, kernelTimes, type TimedDispatch } from "./kernel_times.ts";

export type { KernelTime };

/** The most queries that WebGPU allows in a set. */
const QUERIES = 4096;
const TIME_BYTES = 8;
/** Times that a staging buffer holds: those of 16,384 dispatches. */
const STAGED = 8 * QUERIES;

/** The dispatches that went to the GPU together. */
export interface TimedSubmit {
  /** Just before they were handed over. Unit: milliseconds of `performance.now()`. */
  readonly submitted: number;
  /** In order; times are those of the GPU's clock, from the first dispatch of all on. */
  readonly dispatches: readonly TimedDispatch[];
}

/** Times every dispatch of a recorder, each in a pass of its own. */
export class Profiler {
  readonly #device: GPUDevice;
  /** As many as the longest submit needs; each submit begins with the first again. */
  readonly #sets: GPUQuerySet[] = [];
  readonly #resolved: GPUBuffer;
  /** Times in order; all but the last are full. */
  #staging: GPUBuffer[] = [];
  #staged = 0;
  /** Kernels since the last submit. */
  #labels: string[] = [];
  #submits: { submitted: number; labels: readonly string[] }[] = [];

  /**
   * Nothing is timed yet.
   *
   * @param device A device with the feature `timestamp-query`.
   */
  constructor(device: GPUDevice) {
    this.#device = device;
    this.#resolved = device.createBuffer({
      label: "times of a query set",
      size: QUERIES * TIME_BYTES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  /**
   * Where the next pass writes its times.
   *
   * @param label The kernel that the pass runs.
   * @returns The descriptor's part.
   */
  timestamps(label: string): GPUComputePassTimestampWrites {
    const first = this.#labels.length * 2;
    this.#labels.push(label);
    const index = Math.floor(first / QUERIES);
    const querySet = this.#sets[index] ??= this.#device.createQuerySet({
      type: "timestamp",
      count: QUERIES,
    });
    return {
      querySet,
      beginningOfPassWriteIndex: first % QUERIES,
      endOfPassWriteIndex: first % QUERIES + 1,
    };
  }

  /** Records, at the end of a submit, that its times are kept. */
  resolve(encoder: GPUCommandEncoder): void {
    const labels = this.#labels;
    if (labels.length === 0) return;
    this.#labels = [];
    for (let first = 0; first < labels.length * 2; first += QUERIES) {
      const count = Math.min(QUERIES, labels.length * 2 - first);
      encoder.resolveQuerySet(this.#sets[first / QUERIES], 0, count, this.#resolved, 0);
      this.#stage(encoder, count);
    }
    this.#submits.push({ submitted: performance.now(), labels });
  }

  /**
   * Waits for the GPU and sums the times of what was submitted since the last call.
   *
   * @returns Times by label, longest first.
   */
  async take(): Promise<KernelTime[]> {
    return kernelTimes((await this.takeSubmits()).flatMap(({ dispatches }) => dispatches));
  }

  /**
   * Waits for the GPU and reads the times of what was submitted since the last call.
   *
   * @returns The submits in order, without those that dispatch nothing.
   */
  async takeSubmits(): Promise<TimedSubmit[]> {
    const submits = this.#submits;
    const staging = this.#staging;
    const staged = this.#staged;
    this.#submits = [];
    this.#staging = [];
    this.#staged = 0;
    await Promise.all(staging.map((buffer) => buffer.mapAsync(GPUMapMode.READ)));
    const times = new BigUint64Array(staged);
    staging.forEach((buffer, i) => {
      const found = new BigUint64Array(buffer.getMappedRange());
      times.set(found.subarray(0, Math.min(STAGED, staged - i * STAGED)), i * STAGED);
      buffer.destroy();
    });
    const milliseconds = (i: number) => Number(times[i] - times[0]) / 1e6;
    let at = 0;
    return submits.map(({ submitted, labels }) => ({
      submitted,
      dispatches: labels.map((label) => {
        const start = milliseconds(at++);
        return { label, start, end: Math.max(start, milliseconds(at++)) };
      }),
    }));
  }

  /** Frees its buffers and queries. */
  destroy(): void {
    for (const set of this.#sets) set.destroy();
    for (const buffer of this.#staging) buffer.destroy();
    this.#resolved.destroy();
  }

  /** Records copies of the first times of `#resolved`, into as many buffers as it takes. */
  #stage(encoder: GPUCommandEncoder, count: number): void {
    for (let done = 0; done < count;) {
      const at = this.#staged % STAGED;
      if (at === 0) {
        this.#staging.push(this.#device.createBuffer({
          label: "times",
          size: STAGED * TIME_BYTES,
          usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
        }));
      }
      const piece = Math.min(count - done, STAGED - at);
      encoder.copyBufferToBuffer(
        this.#resolved,
        done * TIME_BYTES,
        this.#staging.at(-1)!,
        at * TIME_BYTES,
        piece * TIME_BYTES,
      );
      done += piece;
      this.#staged += piece;
    }
  }
}
