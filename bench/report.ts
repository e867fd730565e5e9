/**
 * Measures sentrain beside other engines: see `run_jobs.ts`. Prints a table for each job and appends to
 * `bench/results.jsonl`.
 *
 * `deno task bench:report [--quick] [--only NAME,...] [--output FILE]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/device.ts";
import { reportCommand, type ReportOptions, RESULTS } from "./report_command.ts";
import { environmentOf, fastestCore } from "./rivals/openblas_core.ts";
import { EDGE } from "./rivals/product.ts";
import { type Job, jobs } from "./rivals/programs.ts";
import { findPython, type Host, NO_PYTORCH } from "./rivals/run_program.ts";
import { PAIRS, STANDARD } from "./rivals/task.ts";
import { writeTasks } from "./rivals/write_tasks.ts";

const { config } = STANDARD;
const MODEL = `BERT of ${config.num_hidden_layers} layers, C = ${config.hidden_size}, ` +
  `H = ${config.num_attention_heads}, F = ${config.intermediate_size}, V = ${config.vocab_size}`;

function readOptions(args: string[]): ReportOptions {
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

async function prepareFiles(folder: string): Promise<{ jobs: Job[]; device: string }> {
  const gpu = await Gpu.request();
  const files = await writeTasks(gpu, folder);
  const device = gpu.info.description;
  gpu.destroy();
  return { jobs: jobs(files, { pairs: PAIRS, edge: EDGE }), device };
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

await reportCommand("bench:report", readOptions, async (folder, { only }) => ({
  ...await prepareFiles(folder),
  headline: `Steps train ${MODEL} with AdamW in f32; all engines begin with the same weights`,
  findHost: () => findHost(only.length === 0 || only.includes("pytorch")),
}));
