/**
 * GPU time per kernel from timestamp queries.
 *
 * @module
 */

/** GPU time of one label. */
export interface KernelTime {
  /** `shader.entryPoint`. */
  label: string;
  /** How often it ran. */
  count: number;
  /** Time in all. Unit: milliseconds. */
  milliseconds: number;
}

const CAPACITY = 2048;

/** Times every dispatch of a recorder, each in a pass of its own. */
export class Profiler {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;
  #labels: string[] = [];

  /**
   * Room for the times of some thousand dispatches.
   *
   * @param device A device with the feature `timestamp-query`.
   */
  constructor(device: GPUDevice) {
    this.#queries = device.createQuerySet({ type: "timestamp", count: CAPACITY });
    this.#resolved = device.createBuffer({
      size: CAPACITY * 8,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#staging = device.createBuffer({
      size: CAPACITY * 8,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /**
   * Where the next pass writes its times; undefined when the query set is full.
   *
   * @param label The kernel that the pass runs.
   * @returns The descriptor's part.
   */
  timestamps(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.#labels.length * 2 + 2 > CAPACITY) return undefined;
    const first = this.#labels.length * 2;
    this.#labels.push(label);
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** Records, at the end of a submit, that the times become readable. */
  resolve(encoder: GPUCommandEncoder): void {
    const count = this.#labels.length * 2;
    if (count === 0) return;
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, count * 8);
  }

  /**
   * Waits for the GPU and sums the times since the last call.
   *
   * @returns Times by label, longest first.
   */
  async take(): Promise<KernelTime[]> {
    const labels = this.#labels;
    this.#labels = [];
    if (labels.length === 0) return [];
    await this.#staging.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(this.#staging.getMappedRange().slice(0));
    this.#staging.unmap();
    const sums = new Map<string, KernelTime>();
    labels.forEach((label, i) => {
      const sum = sums.get(label) ?? { label, count: 0, milliseconds: 0 };
      sum.count++;
      sum.milliseconds += Number(times[2 * i + 1] - times[2 * i]) / 1e6;
      sums.set(label, sum);
    });
    return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /** Frees its buffers and queries. */
  destroy(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
