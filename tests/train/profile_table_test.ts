import { assertEquals } from "@std/assert";
import type { Trace } from "../../src/gpu/trace.ts";
import { profileTable, traceTimes } from "../../src/train/profile_table.ts";

const TRACE: Trace = {
  start: 100,
  end: 120,
  spans: [
    { name: "step", track: "host", start: 100, end: 110 },
    { name: "submit", track: "host", start: 104, end: 106 },
    { name: "step", track: "host", start: 110, end: 120 },
  ],
  dispatches: [
    { label: "a.b", start: 105, end: 106 },
    { label: "a.c", start: 107, end: 111 },
    { label: "a.b", start: 112, end: 113 },
  ],
  submits: [
    { submitted: 105, start: 105, end: 111 },
    { submitted: 111, start: 112, end: 113 },
  ],
  samples: [],
};

Deno.test("traceTimes() sums kernels, what lies between them, and spans with and without inner ones", () => {
  assertEquals(traceTimes(TRACE), {
    window: 20,
    spans: [
      { name: "step", count: 2, milliseconds: 20, self: 18 },
      { name: "submit", count: 1, milliseconds: 2, self: 2 },
    ],
    kernels: [
      { label: "a.c", count: 1, milliseconds: 4 },
      { label: "a.b", count: 2, milliseconds: 2 },
    ],
    busy: 6,
    between: 1,
  });
});

Deno.test("profileTable() shows times a step and shares", () => {
  assertEquals(
    profileTable(TRACE, 2),
    `2 steps in 20.0 ms: the GPU ran kernels for 30.0 % of them, and had work for 35.0 %

kernel                       a step  ms a step  share of GPU time
---------------------------  ------  ---------  -----------------
a.c                             0.5      2.000             57.1 %
a.b                             1.0      1.000             28.6 %
copies, and between kernels              0.500             14.3 %

host    a step  ms a step  of it itself  share of time
------  ------  ---------  ------------  -------------
step       1.0     10.000         9.000        100.0 %
submit     0.5      1.000         1.000         10.0 %`,
  );
});

Deno.test("profileTable() says where GPU times are missing", () => {
  const text = profileTable({ ...TRACE, dispatches: null, submits: [] }, 2);
  assertEquals(
    text.split("\n\n")[0],
    "2 steps in 20.0 ms; this adapter has no timestamp queries, so GPU times are missing",
  );
  assertEquals(text.split("\n\n")[1].split("\n").length, 4);
});
