import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  agrees,
  type JobResults,
  reportRows,
  reportTable,
  valueDifference,
} from "../../bench/report_rows.ts";
import { type Measured, median } from "../../bench/rivals/measure.ts";
import { NO_PYTORCH } from "../../bench/rivals/run_program.ts";

function measured(name: string, milliseconds: number, values = [3.5, 3.25]): Measured {
  return {
    name,
    what: "step",
    n: 3,
    runs_per_time: 1,
    median_ms: milliseconds,
    min_ms: milliseconds - 1,
    max_ms: milliseconds + 2,
    first_values: values,
    loss_first: values[0],
    loss_last: values[1],
    peak_rss_mb: milliseconds,
    versions: {},
  };
}

function results(rivals: JobResults["rivals"], ...ours: number[]): JobResults {
  const runs = ours.map((milliseconds) => measured("sentrain", milliseconds));
  return { work: 32, unit: "pairs/s", ours: runs, rivals };
}

Deno.test("reportRows compares a rival with sentrain's runs before and after it", () => {
  const rivals = [
    { key: "a", result: measured("A", 30) },
    { key: "b", result: NO_PYTORCH },
    { key: "c", result: measured("C", 60) },
  ];
  const rows = reportRows(results(rivals, 10, 20, 30, 50));
  assertEquals(rows.map(({ name }) => name), ["sentrain", "A", "C"]);
  assertEquals(rows.map(({ ratio }) => ratio), [1, 2, 1.5]);
  assertEquals(rows.map(({ speed }) => speed), [1280, 1000 * 32 / 30, 1000 * 32 / 60]);
});

Deno.test("reportRows pools sentrain's runs", () => {
  const [{ measured: { n, median_ms, min_ms, max_ms, peak_rss_mb } }] = reportRows(
    results([{ key: "a", result: measured("A", 1) }], 10, 30),
  );
  assertEquals([n, median_ms, min_ms, max_ms, peak_rss_mb], [6, 20, 9, 32, 30]);
});

Deno.test("valueDifference takes the largest over the shorter list, and keeps NaN", () => {
  const [left, right] = [measured("a", 1, [1, 2, 3]), measured("b", 1, [1, 2.5])];
  assertEquals(valueDifference(left, right), 0.5);
  assertEquals(valueDifference(left, measured("b", 1, [1, NaN])), NaN);
});

Deno.test("agrees refuses other losses and NaN, and passes what is other work", () => {
  const verdict = (values: number[], differs?: string) => {
    const rows = reportRows(
      results([{ key: "a", differs, result: measured("A", 1, values) }], 10, 10),
    );
    return agrees(rows[1]);
  };
  assert(verdict([3.50005, 3.25]));
  assert(!verdict([3.5002, 3.25]));
  assert(!verdict([3.5, NaN]));
  assert(verdict([9, 9], "V = 4096"));
});

Deno.test("reportTable names what is missing, what differs and what disagrees", () => {
  const text = reportTable(results(
    [
      { key: "pytorch", result: NO_PYTORCH },
      { key: "b", differs: "V = 4096", result: measured("B", 10) },
      { key: "c", result: measured("C", 10, [4, 4]) },
      { key: "d", result: measured("D", 10, [3.5, 3.25]) },
    ],
    10,
    10,
    10,
    10,
    10,
  ));
  assertStringIncludes(text, "pytorch: not run; PyTorch is missing");
  assertStringIncludes(text, "apt-get install python3-torch");
  assertMatch(text, /B \(V = 4096\).*not compared/);
  assertMatch(text, /C .*DIFFER: 7.5e-1 in 2/);
  assertMatch(text, /D .*agree: 0.0e\+0 in 2/);
});

Deno.test("median takes the mean of the middle two of an even number", () => {
  assertEquals([median([5]), median([9, 1, 4]), median([4, 1, 9, 2])], [5, 4, 3]);
});

Deno.test("reportRows and reportTable tell tokens, the share of the peak and the GPU's memory", () => {
  const more = { tokens: 1000, flops: 2e9, peakGflops: 400 };
  const rival = { key: "a", result: { ...measured("A", 10), peak_gpu_mb: 77 } };
  const job = { ...results([rival], 20, 20), more };
  const rows = reportRows(job);
  assertEquals(rows.map(({ more }) => more), [
    { tokens_per_second: 50_000, share_of_peak: 0.25 },
    { tokens_per_second: 100_000, share_of_peak: 0.5 },
  ]);
  const [, , , , ours, theirs] = reportTable(job).split("\n");
  assertMatch(ours, /^sentrain .* 50000 +25\.0 % +unknown /);
  assertMatch(theirs, /^A .* 100000 +50\.0 % +77 /);
});
