/**
 * Measures sentrain beside other engines, one process at a time: sentrain, a rival, sentrain, the next
 * rival, and so on, so that a drift of the machine shows. Prints a table for each job and appends to
 * `bench/results.jsonl`.
 *
 * `deno task bench:report [--quick] [--only NAME,...] [--output FILE]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { failureOf } from "../src/cli/failure.ts";
import { DeviceError, UsageError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/device.ts";
import { nearest } from "../src/nearest.ts";
import { cpuName } from "./cpu_name.ts";
import { agrees, type JobResults, type ReportRow, reportRows, reportTable } from "./report_rows.ts";
import type { Measured } from "./rivals/measure.ts";
import { environmentOf, fastestCore } from "./rivals/openblas_core.ts";
import { EDGE } from "./rivals/product.ts";
import { type Job, jobs, type Program } from "./rivals/programs.ts";
import { findPython, type Host, NO_PYTORCH, runProgram } from "./rivals/run_program.ts";
import { PAIRS, STANDARD } from "./rivals/task.ts";
import { type TaskFiles, writeTasks } from "./rivals/write_tasks.ts";

const RESULTS = fromFileUrl(new URL("results.jsonl", import.meta.url));

const { config } = STANDARD;
const MODEL = `BERT of ${config.num_hidden_layers} layers, C = ${config.hidden_size}, ` +
  `H = ${config.num_attention_heads}, F = ${config.intermediate_size}, V = ${config.vocab_size}`;

/** What the command line says. */
interface Options {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly output: string;
}

function readOptions(args: string[]): Options {
  const { quick, only, output } = parseArgs(args, {
    boolean: ["quick"],
    string: ["only", "output"],
    unknown: (argument) => {
      throw new UsageError(
        `Cannot report: found "${argument}", wanted --quick, --only NAME,... or --output FILE`,
      );
    },
  });
  return { quick, only: only?.split(",").filter(Boolean) ?? [], output: output ?? RESULTS };
}

/** A job with the rivals that are named; with all of them where none is. */
function chosenOf(job: Job, names: readonly string[]): Job {
  const rivals = job.rivals.filter(({ key }) => names.length === 0 || names.includes(key));
  return { ...job, rivals };
}

/** Refuses a name that no rival has. */
function checkNames(names: readonly string[], all: readonly Job[]): void {
  const known = [...new Set(all.flatMap(({ rivals }) => rivals.map(({ key }) => key)))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const guess = nearest(unknown, known);
  throw new UsageError(
    `Cannot report on "${unknown}": found ${known.join(", ")}` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}

async function prepareFiles(folder: string): Promise<{ files: TaskFiles; device: string }> {
  const gpu = await Gpu.request();
  const files = await writeTasks(gpu, folder);
  const device = gpu.info.description;
  gpu.destroy();
  return { files, device };
}

/** Finds PyTorch and makes it as fast as it can be. */
async function findHost(wanted: boolean): Promise<Host> {
  const python = wanted ? await findPython() : null;
  if (python === null) {
    if (wanted) console.log(NO_PYTORCH.reason);
    return { python, environment: {} };
  }
  const { core, times } = await fastestCore(python);
  const tried = times.map(([name, ms]) => `${name ?? "as detected"} ${ms.toFixed(1)} ms`);
  console.log(
    `OpenBLAS kernels, one product of ${EDGE}^3: ${tried.join(", ")}; PyTorch runs with ` +
      (core === null ? "those that it detects" : `OPENBLAS_CORETYPE=${core}`),
  );
  return { python, environment: environmentOf(core) };
}

async function runJob(job: Job, host: Host, { quick }: Options): Promise<JobResults> {
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
  return { work: job.work, unit: job.unit, ours, rivals };
}

function lineOf({ name, measured, speed, ratio, difference }: ReportRow, facts: object): string {
  const { first_values: _, name: __, ...rest } = measured;
  return JSON.stringify({ ...facts, name, ...rest, speed, ratio, difference }) + "\n";
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = await Deno.makeTempDir({ prefix: "sentrain-bench-" });
  try {
    const { files, device } = await prepareFiles(folder);
    const all = jobs(files, { pairs: PAIRS, edge: EDGE });
    checkNames(options.only, all);
    const chosen = all.map((job) => chosenOf(job, options.only)).filter(({ rivals }) =>
      rivals.length > 0
    );
    const host = await findHost(options.only.length === 0 || options.only.includes("pytorch"));
    const facts = {
      date: new Date().toISOString().slice(0, 10),
      device,
      host: await cpuName(),
      command: ["deno task bench:report", ...args].join(" "),
    };
    console.log(`${facts.device}; ${facts.host}`);
    console.log(`Steps train ${MODEL} with AdamW in f32; all engines begin with the same weights`);
    for (const job of chosen) {
      const results = await runJob(job, host, options);
      const rows = reportRows(results);
      console.log(reportTable(results));
      const lines = rows.map((row) => lineOf(row, { ...facts, unit: job.unit })).join("");
      await Deno.writeTextFile(options.output, lines, { append: true });
      const failed = results.rivals.some(({ result }) => "reason" in result && !result.missing);
      if (failed || !rows.every(agrees)) Deno.exitCode = 1;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

try {
  await main(Deno.args);
} catch (error) {
  const { message, code } = failureOf(error, Deno.env.has("SENTRAIN_DEBUG"));
  console.error(message);
  Deno.exit(code);
}
