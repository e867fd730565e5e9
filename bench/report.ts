/**
 * Measures sentrain beside other engines: see `run_jobs.ts`. Prints a table for each job and appends to
 * `bench/results.jsonl`.
 *
 * `deno task bench:report [--quick] [--only NAME,...] [--output FILE]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { failureOf } from "../src/cli/failure.ts";
import { UsageError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/device.ts";
import { cpuName } from "./cpu_name.ts";
import { environmentOf, fastestCore } from "./rivals/openblas_core.ts";
import { EDGE } from "./rivals/product.ts";
import { jobs } from "./rivals/programs.ts";
import { findPython, type Host, NO_PYTORCH } from "./rivals/run_program.ts";
import { PAIRS, STANDARD } from "./rivals/task.ts";
import { type TaskFiles, writeTasks } from "./rivals/write_tasks.ts";
import { chosenJobs, runJobs } from "./run_jobs.ts";

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

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = await Deno.makeTempDir({ prefix: "sentrain-bench-" });
  try {
    const { files, device } = await prepareFiles(folder);
    const chosen = chosenJobs(jobs(files, { pairs: PAIRS, edge: EDGE }), options.only);
    const host = await findHost(options.only.length === 0 || options.only.includes("pytorch"));
    const facts = {
      date: new Date().toISOString().slice(0, 10),
      device,
      host: await cpuName(),
      command: ["deno task bench:report", ...args].join(" "),
    };
    console.log(`${facts.device}; ${facts.host}`);
    console.log(`Steps train ${MODEL} with AdamW in f32; all engines begin with the same weights`);
    if (!await runJobs(chosen, { host, facts, ...options })) Deno.exitCode = 1;
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
