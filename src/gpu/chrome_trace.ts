/**
 * A trace in Chrome's trace event format, which chrome://tracing and Perfetto show.
 *
 * Source: "Trace Event Format", the document of Chromium's catapult project: complete events (`X`), counters
 * (`C`) and metadata (`M`), times in microseconds.
 *
 * @module
 */
import { nestSpans } from "./nest_spans.ts";
import type { Trace } from "./trace.ts";

/** An event of the format. */
export interface ChromeEvent {
  /** What it is called. */
  name: string;
  /** Its kind: a stretch of time, a counter, a name of a track. */
  ph: "X" | "C" | "M";
  /** When it began. Unit: microseconds. */
  ts?: number;
  /** How long it took. Unit: microseconds. */
  dur?: number;
  /** A group of tracks. */
  pid: number;
  /** A track. */
  tid: number;
  /** What else is known. */
  args?: Record<string, string | number>;
}

/** What the file holds. */
export interface ChromeTrace {
  /** The events. */
  traceEvents: ChromeEvent[];
  /** The unit that viewers show. */
  displayTimeUnit: "ms";
  /** Whatever the caller says of the run. */
  otherData: Readonly<Record<string, unknown>>;
}

/** Groups of tracks. */
const HOST = 1;
const GPU = 2;
/** The first track of the tokenizers, behind those of the host. */
const TOKENIZERS = 1000;

/**
 * Puts a trace into the format: a group of tracks for the host, one for the GPU, counters of the pool's
 * bytes and of the submits that the GPU has not finished.
 *
 * @param trace What happened.
 * @param metadata What is known of the run.
 * @returns What is to be written as JSON.
 */
export function chromeTrace(
  trace: Trace,
  metadata: Readonly<Record<string, unknown>> = {},
): ChromeTrace {
  // Whole nanoseconds: sums and nesting survive the way through decimals.
  const at = (time: number) => Math.round((time - trace.start) * 1e6) / 1000;
  const stretch = ({ name, start, end }: { name: string; start: number; end: number }) => {
    const from = Math.round((start - trace.start) * 1e6);
    const to = Math.round((end - trace.start) * 1e6);
    return { name, ph: "X" as const, ts: from / 1000, dur: (to - from) / 1000 };
  };
  const counter = (name: string, time: number, value: number): ChromeEvent => ({
    ...{ name, ph: "C", ts: at(time), pid: HOST, tid: 0, args: { value } },
  });
  const host = nestSpans(trace.spans).map((span): ChromeEvent => ({
    ...stretch(span),
    pid: HOST,
    tid: span.lane + (span.track === "host" ? 1 : TOKENIZERS),
  }));
  const gpu = (trace.dispatches ?? []).map((dispatch): ChromeEvent => ({
    ...stretch({ ...dispatch, name: dispatch.label }),
    pid: GPU,
    tid: 1,
  }));
  const tracks = [...new Set(host.map(({ tid }) => tid))].sort((a, b) => a - b);
  return {
    traceEvents: [
      named("process_name", { pid: HOST, tid: 0 }, "host"),
      ...tracks.map((tid) => named("thread_name", { pid: HOST, tid }, trackName(tid))),
      ...(trace.dispatches === null ? [] : [
        named("process_name", { pid: GPU, tid: 0 }, "GPU"),
        named("thread_name", { pid: GPU, tid: 1 }, "kernels"),
      ]),
      ...host,
      ...gpu,
      ...trace.samples.flatMap(({ time, live, held }) => [
        counter("pool bytes live", time, live),
        counter("pool bytes held", time, held),
      ]),
      ...depths(trace).map(({ time, depth }) => counter("submits in flight", time, depth)),
    ],
    displayTimeUnit: "ms",
    otherData: metadata,
  };
}

function trackName(tid: number): string {
  if (tid >= TOKENIZERS) return `tokenizers ${tid - TOKENIZERS + 1}`;
  return tid === 1 ? "host" : `host, meanwhile ${tid - 1}`;
}

function named(
  name: string,
  track: { pid: number; tid: number },
  value: string,
): ChromeEvent {
  return { name, ph: "M", ...track, args: { name: value } };
}

/** How many submits are handed over and not finished, wherever that changes. */
function depths({ submits }: Trace): { time: number; depth: number }[] {
  const changes = submits.flatMap(({ submitted, end }) => [
    { time: submitted, change: 1 },
    { time: end, change: -1 },
  ]).sort((a, b) => a.time - b.time || b.change - a.change);
  let depth = 0;
  return changes.map(({ time, change }) => ({ time, depth: depth += change }));
}
