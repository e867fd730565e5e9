/**
 * Runs the programs of a job one process at a time: sentrain, a rival, sentrain, the next rival, and so
 * on, so that a drift of the machine shows.
 *
 * @module
 */
import { DeviceError, UsageError } from "../src/errors.ts";
import { nearest } from "../src/nearest.ts";
import { agrees, type JobResults, type ReportRow, reportRows, reportTable } from "./report_rows.ts";
import type { Measured } from "./rivals/measure.ts";
import type { Job, Program } from "./rivals/programs.ts";
import { type Host, runProgram } from "./rivals/run_program.ts";

/** How jobs run. */
export interface JobOptions {
  /** What runs Python's programs. */
  readonly host: Host;
  /** Whether programs run fewer times. */
  readonly quick: boolean;
  /** What every line of the file says, such as the device. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The file that results are appended to, JSON Lines. */
  readonly output: string;
}

/**
 * Runs jobs; prints a table of each and appends its rows to the file.
 *
 * @param jobs The jobs.
 * @param options How they run.
 * @returns Whether every rival ran that is installed, and what they computed agrees.
 * @throws {DeviceError} If sentrain's own program fails.
 */
export async function runJobs(jobs: readonly Job[], options: JobOptions): Promise<boolean> {
  let isGood = true;
  for (const job of jobs) {
    const results = await runJob(job, options);
    const rows = reportRows(results);
    console.log(reportTable(results));
    const lines = rows.map((row) => lineOf(row, { ...options.facts, unit: job.unit })).join("");
    await Deno.writeTextFile(options.output, lines, { append: true });
    const failed = results.rivals.some(({ result }) => "reason" in result && !result.missing);
    isGood &&= !failed && rows.every(agrees);
  }
  return isGood;
}

/**
 * Leaves those rivals in jobs that are named, and the jobs that have any.
 *
 * @param jobs All jobs.
 * @param names Keys of rivals; none for all of them.
 * @returns The jobs that are left.
 * @throws {UsageError} If no rival has such a name.
 */
export function chosenJobs(jobs: readonly Job[], names: readonly string[]): Job[] {
  if (names.length === 0) return [...jobs];
  const known = [...new Set(jobs.flatMap(({ rivals }) => rivals.map(({ key }) => key)))];
  for (const name of names) checkName("report on", name, known);
  return jobs
    .map((job) => ({ ...job, rivals: job.rivals.filter(({ key }) => names.includes(key)) }))
    .filter(({ rivals }) => rivals.length > 0);
}

/** Refuses a name that is not known. */
export function checkName(doing: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const guess = nearest(name, known);
  throw new UsageError(
    `Cannot ${doing} "${name}": found ${known.join(", ")}` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}

async function runJob(job: Job, { host, quick }: JobOptions): Promise<JobResults> {
  const start = ({ file, flags = [], counts, quick: few }: Program) => {
    console.error(`running ${file} ${flags.join(" ")}`);
    return runProgram(file, [...job.flags, ...flags], { host, counts: quick ? few : counts });
  };
  const ours: Measured[] = [];
  const runOurs = async () => {
    const result = await start(job.ours);
    if ("reason" in result) throw new DeviceError(`Cannot report: ${result.reason}`);
    ours.push(result);
  };
  await runOurs();
  const rivals: JobResults["rivals"][number][] = [];
  for (const rival of job.rivals) {
    const result = await start(rival);
    rivals.push({ key: rival.key, differs: rival.differs, result });
    await runOurs();
  }
  const { work, unit, more } = job;
  return { work, unit, more, ours, rivals };
}

function lineOf(
  { name, measured, speed, ratio, difference, more }: ReportRow,
  facts: object,
): string {
  const { first_values: _, name: __, ...rest } = measured;
  return JSON.stringify({ ...facts, name, ...rest, speed, ratio, difference, ...more }) + "\n";
}
