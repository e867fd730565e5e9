import { assertEquals, assertThrows } from "@std/assert";
import type { Job } from "../../bench/rivals/programs.ts";
import { chosenJobs } from "../../bench/run_jobs.ts";
import { UsageError } from "../../src/errors.ts";

const counts = { warmup: 1, times: 1, runs: 1 };
const program = (key: string) => ({ key, file: `${key}.ts`, counts, quick: counts });
const job = (unit: string, ...keys: string[]): Job => ({
  flags: [],
  work: 1,
  unit,
  ours: program("sentrain"),
  rivals: keys.map(program),
});
const JOBS = [job("a", "pytorch", "jax"), job("b", "pytorch"), job("c", "jax")];

Deno.test("chosenJobs keeps the rivals that are named, and the jobs that have any", () => {
  const chosen = chosenJobs(JOBS, ["pytorch"]);
  assertEquals(chosen.map(({ unit, rivals }) => [unit, rivals.map(({ key }) => key)]), [
    ["a", ["pytorch"]],
    ["b", ["pytorch"]],
  ]);
  assertEquals(chosenJobs(JOBS, []), JOBS);
});

Deno.test("chosenJobs refuses a name that no rival has", () => {
  const message = 'Cannot report on "torch": found pytorch, jax; the nearest is "pytorch"';
  assertThrows(() => chosenJobs(JOBS, ["torch"]), UsageError, message);
});
