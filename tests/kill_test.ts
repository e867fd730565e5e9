import { assert, assertEquals } from "@std/assert";
import { killRun } from "./kill/kill_run.ts";

Deno.test("a run that is killed again and again ends with the weights of one that was not", async () => {
  // `deno task kill` does the same 200 times.
  const { kills, compared } = await killRun({ kills: 5, steps: 30 });
  assertEquals(Object.values(kills).reduce((sum, count) => sum + count), 5);
  assert(compared >= 1);
});
