/**
 * Buffers by size class, so that the same order of requests in every step returns the same buffers
 * and nothing is allocated after the first steps. Free buffers are kept as long as they are
 * not much more than what was in use at once.
 *
 * @module
 */
import { OutOfMemoryError } from "../errors.ts";
import { type Allocation, allocation } from "./tensor.ts";

/** Counters of a {@linkcode BufferPool}. Unit: bytes, unless they say otherwise. */
export interface PoolCounters {
  /** In use now. */
  live: number;
  /** The most that was in use at once. */
  peak: number;
  /** Held, in use or free. */
  held: number;
  /** Requests served by a buffer that was free. Unit: requests. */
  reused: number;
  /** Requests that made a buffer. Unit: requests. */
  created: number;
}

/** What may be held beside twice the most that was in use at once: making buffers anew costs time. Unit: bytes. */
const SPARE = 64 * 2 ** 20;

/** Hands out storage buffers and takes them back. */
export class BufferPool {
  /** When set, every buffer is passed to it on the way out; tests fill them with NaN here. */
  onAcquire: ((allocation: Allocation) => void) | null = null;
  /** The most to hold at once. Unit: bytes. */
  memoryLimit: number = Infinity;
  /** Called before buffers are destroyed: recorded work that uses them must be submitted first. */
  beforeTrim: (() => void) | null = null;
  readonly #device: GPUDevice;
  readonly #limit: number;
  readonly #free = new Map<number, Allocation[]>();
  /** The free buffers, that which has been free for longest first. */
  readonly #idle = new Set<Allocation>();
  readonly #live = new Set<Allocation>();
  /** The most that was in use at once, when a buffer was made; unlike the counter it is never reset. */
  #mostLive = 0;
  readonly #counters: PoolCounters = { live: 0, peak: 0, held: 0, reused: 0, created: 0 };

  /**
   * An empty pool.
   *
   * @param device The device that owns the buffers.
   */
  constructor(device: GPUDevice) {
    this.#device = device;
    this.#limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  }

  /** The most that is held before a new buffer makes it give up free ones. Unit: bytes. */
  get mostHeld(): number {
    return 2 * this.#mostLive + SPARE;
  }

  /** A copy of the counters. */
  get counters(): PoolCounters {
    return { ...this.#counters };
  }

  /**
   * Takes a buffer of at least `bytes`; its content is whatever it last held.
   *
   * @param bytes The least size. Unit: bytes.
   * @param label What it is for, for the message of an error.
   * @returns The buffer.
   * @throws {OutOfMemoryError} If one binding cannot be that large on this adapter, or the pool would
   *   hold more than it may.
   */
  acquire(bytes: number, label: string): Allocation {
    if (bytes > this.#limit) {
      throw new OutOfMemoryError(
        `Cannot allocate "${label}": it takes ${bytes} bytes, one binding of this adapter at most ${this.#limit}; lower the batch size or the sequence length`,
      );
    }
    const size = Math.min(sizeClass(bytes), this.#limit);
    let taken = this.#free.get(size)?.pop();
    if (taken === undefined) {
      if (this.#counters.held + size > this.memoryLimit) this.trim();
      if (this.#counters.held + size > this.memoryLimit) {
        throw new OutOfMemoryError(
          `Cannot allocate "${label}": it takes ${size} bytes, ${this.#counters.live} of ${this.memoryLimit} are in use; lower the batch size or the sequence length`,
        );
      }
      this.#mostLive = Math.max(this.#mostLive, this.#counters.live + size);
      // Batches of ever other lengths would leave ever more free buffers behind.
      this.#destroyIdle(() => this.#counters.held + size > this.mostHeld);
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      taken = allocation(this.#device.createBuffer({ size, usage }));
      this.#counters.created++;
      this.#counters.held += size;
    } else {
      this.#idle.delete(taken);
      this.#counters.reused++;
    }
    this.#live.add(taken);
    this.#counters.live += size;
    this.#counters.peak = Math.max(this.#counters.peak, this.#counters.live);
    this.onAcquire?.(taken);
    return taken;
  }

  /**
   * Returns a buffer. Commands recorded so far may still use it: the queue runs them in order.
   *
   * @param taken A buffer from {@linkcode acquire}.
   * @throws {RangeError} If it was released already.
   */
  release(taken: Allocation): void {
    if (!this.#live.delete(taken)) {
      throw new RangeError(`Cannot release buffer ${taken.id}: it is not in use`);
    }
    this.#counters.live -= taken.bytes;
    const list = this.#free.get(taken.bytes);
    if (list === undefined) this.#free.set(taken.bytes, [taken]);
    else list.push(taken);
    this.#idle.add(taken);
  }

  /** The buffers in use, for {@linkcode BufferPool.releaseAllBut}. */
  snapshot(): ReadonlySet<Allocation> {
    return new Set(this.#live);
  }

  /** Returns every buffer in use but some: what a failure left behind. */
  releaseAllBut(kept: ReadonlySet<Allocation>): void {
    for (const taken of [...this.#live]) {
      if (!kept.has(taken)) this.release(taken);
    }
  }

  /** Makes `peak` what is in use now. */
  resetPeak(): void {
    this.#counters.peak = this.#counters.live;
  }

  /** Whether a buffer is in use. */
  isLive(taken: Allocation): boolean {
    return this.#live.has(taken);
  }

  /** Destroys the free buffers; the counter `held` falls to `live`. */
  trim(): void {
    this.#destroyIdle(() => true);
  }

  /** Destroys free buffers, that which has been free for longest first, as long as it is wanted. */
  #destroyIdle(isWanted: () => boolean): void {
    if (this.#idle.size === 0 || !isWanted()) return;
    this.beforeTrim?.();
    for (const idle of this.#idle) {
      if (!isWanted()) return;
      this.#idle.delete(idle);
      const list = this.#free.get(idle.bytes)!;
      list.splice(list.indexOf(idle), 1);
      idle.buffer.destroy();
      this.#counters.held -= idle.bytes;
    }
  }
}

/**
 * The size of the buffer that serves a request: four classes to an octave, so at most a fifth of a
 * buffer is unused.
 *
 * @param bytes The request. Unit: bytes.
 * @returns The class. Unit: bytes.
 */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(bytes)) - 2));
  return Math.ceil(bytes / step) * step;
}
