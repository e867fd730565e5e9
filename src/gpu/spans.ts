/**
 * What the host does and when, for a trace. Where nobody listens, `Recorder.spans` is null, and a place
 * that would tell of itself does nothing:
 *
 * ```ts ignore
 * using _span = gpu.recorder.spans?.open("evaluate");
 * ```
 *
 * @module
 */

/** Who works: the thread of the run, or the tokenizers beside it. */
export type SpanTrack = "host" | "tokenizers";

/** A stretch of time with a name. Unit: milliseconds of `performance.now()`. */
export interface Span {
  /** What was done. */
  readonly name: string;
  /** Who did it. */
  readonly track: SpanTrack;
  /** When it began. */
  readonly start: number;
  /** When it ended. */
  readonly end: number;
}

/** Bytes of the buffer pool at one time. */
export interface PoolSample {
  /** When. Unit: milliseconds of `performance.now()`. */
  readonly time: number;
  /** In use then. Unit: bytes. */
  readonly live: number;
  /** Held then, in use or free. Unit: bytes. */
  readonly held: number;
}

/** Collects spans, and samples the pool where one begins or ends. */
export class Spans {
  readonly #sample: () => Pick<PoolSample, "live" | "held">;
  readonly #spans: { name: string; track: SpanTrack; start: number; end: number | null }[] = [];
  readonly #samples: PoolSample[] = [];

  /**
   * No spans yet.
   *
   * @param sample Says what the pool holds.
   */
  constructor(sample: () => Pick<PoolSample, "live" | "held">) {
    this.#sample = sample;
  }

  /** What the pool held where spans began and ended, in order. */
  get samples(): readonly PoolSample[] {
    return this.#samples;
  }

  /**
   * Begins a span.
   *
   * @param name What is done.
   * @param track Who does it. Default: the host.
   * @returns Ends the span when it is disposed.
   */
  open(name: string, track: SpanTrack = "host"): Disposable {
    const span = { name, track, start: this.#now(), end: null as number | null };
    this.#spans.push(span);
    return { [Symbol.dispose]: () => void (span.end = this.#now()) };
  }

  /**
   * The spans so far, in the order in which they began.
   *
   * @param now Where those end that are open still. Unit: milliseconds of `performance.now()`.
   * @returns The spans.
   */
  closedAt(now: number): Span[] {
    return this.#spans.map((span) => ({ ...span, end: span.end ?? now }));
  }

  #now(): number {
    const time = performance.now();
    const { live, held } = this.#sample();
    this.#samples.push({ time, live, held });
    return time;
  }
}
