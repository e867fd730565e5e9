/**
 * Where the time of a trace went, as tables.
 *
 * @module
 */
import { type KernelTime, kernelTimes } from "../gpu/kernel_times.ts";
import { nestSpans } from "../gpu/nest_spans.ts";
import type { Trace } from "../gpu/trace.ts";
import { formatTable } from "../reporters/table.ts";

/** Time of one kind of span. Unit: milliseconds. */
export interface SpanTime {
  /** What was done. */
  name: string;
  /** How often. */
  count: number;
  /** Time in all. */
  milliseconds: number;
  /** Time without that of spans within. */
  self: number;
}

/** Where the time of a trace went. Unit: milliseconds. */
export interface TraceTimes {
  /** From its begin to its end. */
  readonly window: number;
  /** What the host did; spans of the same name within each other count each. */
  readonly spans: readonly SpanTime[];
  /** What the GPU ran; null where that is not known. */
  readonly kernels: readonly KernelTime[] | null;
  /** Kernels in all. */
  readonly busy: number;
  /** Between the kernels of a submit: copies, and changes from one kernel to the next. */
  readonly between: number;
}

/**
 * Sums the times of a trace.
 *
 * @param trace What happened.
 * @returns The sums, longest first.
 */
export function traceTimes(trace: Trace): TraceTimes {
  const sums = new Map<string, SpanTime>();
  for (const { name, start, end, self } of nestSpans(trace.spans)) {
    const sum = sums.get(name) ?? { name, count: 0, milliseconds: 0, self: 0 };
    sum.count++;
    sum.milliseconds += end - start;
    sum.self += self;
    sums.set(name, sum);
  }
  const kernels = trace.dispatches === null ? null : kernelTimes(trace.dispatches);
  const busy = kernels?.reduce((sum, { milliseconds }) => sum + milliseconds, 0) ?? 0;
  const whole = trace.submits.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    window: trace.end - trace.start,
    spans: [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds),
    kernels,
    busy,
    between: whole - busy,
  };
}

/**
 * Lays out GPU time by kernel, host time by span, and how busy the GPU was.
 *
 * @param trace What happened.
 * @param steps How many steps it took.
 * @returns The text, without a line break at the end.
 */
export function profileTable(trace: Trace, steps: number): string {
  const { window, spans, kernels, busy, between } = traceTimes(trace);
  const share = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`;
  const host = formatTable(
    ["host", "a step", "ms a step", "of it itself", "share of time"],
    spans.map(({ name, count, milliseconds, self }) => [
      name,
      (count / steps).toFixed(1),
      milliseconds / steps,
      self / steps,
      share(milliseconds, window),
    ]),
    { digits: 3 },
  );
  const head = `${steps} steps in ${window.toFixed(1)} ms`;
  if (kernels === null) {
    return `${head}; this adapter has no timestamp queries, so GPU times are missing\n\n${host}`;
  }
  const gpu = formatTable(
    ["kernel", "a step", "ms a step", "share of GPU time"],
    [
      ...kernels.map(({ label, count, milliseconds }) => [
        label,
        (count / steps).toFixed(1),
        milliseconds / steps,
        share(milliseconds, busy + between),
      ]),
      ["copies, and between kernels", "", between / steps, share(between, busy + between)],
    ],
    { digits: 3 },
  );
  return `${head}: the GPU ran kernels for ${share(busy, window)} of them, and had work for ${
    share(busy + between, window)
  }\n\n${gpu}\n\n${host}`;
}
