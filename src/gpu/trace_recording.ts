/**
 * Records what host and GPU do between two moments. It waits for the GPU before the first and after the
 * last, not between them.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import type { TimedDispatch } from "./kernel_times.ts";
import type { Profiler, TimedSubmit } from "./profiler.ts";
import { Spans } from "./spans.ts";
import type { Trace, TracedSubmit } from "./trace.ts";

/** A recording that goes on. */
export class TraceRecording {
  readonly #gpu: Gpu;
  readonly #profiler: Profiler | null;
  readonly #spans: Spans;
  readonly #start: number;

  private constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#profiler = gpu.startProfiler();
    this.#spans = gpu.recorder.spans = new Spans(() => gpu.pool.counters);
    this.#start = performance.now();
  }

  /**
   * Waits until the GPU has nothing to do, and begins.
   *
   * @param gpu The device.
   * @returns The recording.
   * @throws {TypeError} If the device is being traced or profiled already.
   */
  static async begin(gpu: Gpu): Promise<TraceRecording> {
    const { spans, profiler } = gpu.recorder;
    if (spans !== null || profiler !== null) {
      throw new TypeError(
        `Cannot record a trace: the device is being ${
          spans === null ? "profiled" : "traced"
        } already; end that first`,
      );
    }
    await gpu.read(gpu.nothing);
    return new TraceRecording(gpu);
  }

  /**
   * Ends, waits for the GPU and reads its times.
   *
   * @returns What happened.
   */
  async end(): Promise<Trace> {
    const { recorder } = this.#gpu;
    recorder.submit();
    const ended = performance.now();
    const profiler = this.#profiler;
    recorder.spans = recorder.profiler = null;
    try {
      const timed = profiler === null ? null : toHostClock(await profiler.takeSubmits());
      return {
        start: this.#start,
        end: Math.max(ended, timed?.dispatches.at(-1)?.end ?? ended),
        spans: this.#spans.closedAt(ended),
        dispatches: timed?.dispatches ?? null,
        submits: timed?.submits ?? [],
        samples: [...this.#spans.samples],
      };
    } finally {
      profiler?.destroy();
    }
  }

  /** Ends and forgets what was recorded. */
  discard(): void {
    const { recorder } = this.#gpu;
    // What is recorded writes times into the queries that are about to go.
    recorder.submit();
    recorder.spans = recorder.profiler = null;
    this.#profiler?.destroy();
  }
}

/**
 * Puts times of the GPU's clock onto the host's. The clocks differ by the least amount with which no submit
 * begins before it was handed over: exact but for what a submit to an idle GPU takes.
 *
 * Where a GPU runs two dispatches at once, their common time counts for the first of them.
 *
 * @param timed The submits in order.
 * @returns Dispatches that do not overlap, and their submits.
 */
export function toHostClock(
  timed: readonly TimedSubmit[],
): { dispatches: TimedDispatch[]; submits: TracedSubmit[] } {
  const offset = timed.reduce(
    (most, { submitted, dispatches }) => Math.max(most, submitted - dispatches[0].start),
    -Infinity,
  );
  const dispatches: TimedDispatch[] = [];
  const submits: TracedSubmit[] = [];
  let before = -Infinity;
  for (const { submitted, dispatches: own } of timed) {
    const first = dispatches.length;
    for (const { label, start, end } of own) {
      // Where the offset comes from this submit, the sum may round to before it.
      const from = Math.max(before, submitted, start + offset);
      before = Math.max(from, end + offset);
      dispatches.push({ label, start: from, end: before });
    }
    submits.push({ submitted, start: dispatches[first].start, end: before });
  }
  return { dispatches, submits };
}
