import { assertEquals } from "@std/assert";
import { chromeTrace } from "../../src/gpu/chrome_trace.ts";
import type { Trace } from "../../src/gpu/trace.ts";

const TRACE: Trace = {
  start: 1000,
  end: 1010,
  spans: [
    { name: "step", track: "host", start: 1000, end: 1010 },
    { name: "submit", track: "host", start: 1002, end: 1003.5 },
    { name: "read back", track: "host", start: 1009, end: 1011 },
    { name: "tokenize", track: "tokenizers", start: 1001, end: 1004 },
  ],
  dispatches: [
    { label: "a.b", start: 1003, end: 1004 },
    { label: "a.c", start: 1005, end: 1005.25 },
  ],
  submits: [
    { submitted: 1002, start: 1003, end: 1004 },
    { submitted: 1003, start: 1005, end: 1005.25 },
  ],
  samples: [{ time: 1002, live: 7, held: 9 }],
};

Deno.test("chromeTrace() has complete events in microseconds on named tracks", () => {
  const { traceEvents, displayTimeUnit, otherData } = chromeTrace(TRACE, { model: "m" });
  assertEquals([displayTimeUnit, otherData], ["ms", { model: "m" }]);
  assertEquals(traceEvents.filter(({ ph }) => ph === "X"), [
    { name: "step", ph: "X", ts: 0, dur: 10_000, pid: 1, tid: 1 },
    { name: "tokenize", ph: "X", ts: 1000, dur: 3000, pid: 1, tid: 1000 },
    { name: "submit", ph: "X", ts: 2000, dur: 1500, pid: 1, tid: 1 },
    { name: "read back", ph: "X", ts: 9000, dur: 2000, pid: 1, tid: 2 },
    { name: "a.b", ph: "X", ts: 3000, dur: 1000, pid: 2, tid: 1 },
    { name: "a.c", ph: "X", ts: 5000, dur: 250, pid: 2, tid: 1 },
  ]);
  const names = traceEvents.filter(({ ph }) => ph === "M");
  assertEquals(names.map(({ name, pid, tid, args }) => [name, pid, tid, args?.name]), [
    ["process_name", 1, 0, "host"],
    ["thread_name", 1, 1, "host"],
    ["thread_name", 1, 2, "host, meanwhile 1"],
    ["thread_name", 1, 1000, "tokenizers 1"],
    ["process_name", 2, 0, "GPU"],
    ["thread_name", 2, 1, "kernels"],
  ]);
});

Deno.test("chromeTrace() counts the pool's bytes and the submits in flight", () => {
  const counters = chromeTrace(TRACE).traceEvents.filter(({ ph }) => ph === "C");
  assertEquals(counters.map(({ name, ts, args }) => [name, ts, args?.value]), [
    ["pool bytes live", 2000, 7],
    ["pool bytes held", 2000, 9],
    ["submits in flight", 2000, 1],
    ["submits in flight", 3000, 2],
    ["submits in flight", 4000, 1],
    ["submits in flight", 5250, 0],
  ]);
});

Deno.test("chromeTrace() leaves the GPU out where its times are not known", () => {
  const { traceEvents } = chromeTrace({ ...TRACE, dispatches: null, submits: [] });
  assertEquals(traceEvents.filter(({ pid }) => pid === 2), []);
  assertEquals(traceEvents.filter(({ ph }) => ph === "X").length, 4);
});
