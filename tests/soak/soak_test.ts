import { assert, assertEquals, assertMatch } from "@std/assert";
import { drift, soak, soakTable, type SoakWindow } from "./soak.ts";

Deno.test("the main job's step with evaluations and checkpoints holds no more and more", async () => {
  const windows = await soak({ seconds: 6, every: 3, batchSize: 8 });
  assert(windows.length >= 2, `${windows.length} windows`);
  assert(windows.every(({ stepSeconds }) => stepSeconds > 0));
  assertEquals(drift(windows), []);
  const lines = soakTable(windows).split("\n");
  assertEquals(lines.length, 4);
  assertMatch(lines[3], /^last tenth +[\d.]+ +\d+ /);
});

Deno.test("drift tells of steps that become slower, and of files that stay open", () => {
  const sample = { step: 0, rss: 1e8, heap: 1e7, pool: 1e6, live: 100, mostPooled: 1e6, files: 12 };
  const window = (i: number): SoakWindow => ({ stepSeconds: 1, epoch: i / 5, sample });
  const windows = Array.from({ length: 20 }, (_, i) => window(i));
  assertEquals(drift(windows), []);
  const slow = windows.map((w, i) => ({ ...w, stepSeconds: i < 18 ? 1 : 2 }));
  assertEquals(drift(slow), ["a step took 2000 ms in the last tenth, 1000 in the first"]);
  // A few windows say nothing of time.
  assertEquals(drift(slow.slice(10)), []);
  const open = { ...windows[19], sample: { ...sample, files: 14 } };
  assertEquals(drift([...windows, open]), ["2 more files are open"]);
});
