/**
 * Measures products, and training steps of published models of random weights, beside PyTorch and
 * sentence-transformers on the same GPU. Prints a table for each job and appends to `bench/results.jsonl`.
 *
 * `deno task bench:gpu [--products MxNxK,...] [--models NAME,...] [--pairs N,...] [--lengths real,full]
 * [--only NAME,...] [--quick] [--output FILE]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { failureOf } from "../src/cli/failure.ts";
import { UsageError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/device.ts";
import { cpuName } from "./cpu_name.ts";
import { measureCeilings } from "./ops/ceilings.ts";
import { gpuJobs, type GpuStep, productJob } from "./rivals/gpu_programs.ts";
import { parseShape, type ProductShape } from "./rivals/product.ts";
import type { Job } from "./rivals/programs.ts";
import { PUBLISHED, stepFlops } from "./rivals/published_models.ts";
import { findPython } from "./rivals/run_program.ts";
import { type StepChoice, writeModel, writeStep } from "./rivals/write_tasks.ts";
import { checkName, chosenJobs, runJobs } from "./run_jobs.ts";

const RESULTS = fromFileUrl(new URL("results.jsonl", import.meta.url));
/** Tokens after which a text is cut. */
const LONGEST = 128;
/** Batches that steps take in turn. */
const BATCHES = 4;
const LENGTHS = ["real", "full"] as const;

/** A large one, and those of BERT-base on 4,096 tokens. */
const PRODUCTS = "4096x4096x4096,4096x2304x768,4096x3072x768,4096x768x3072";

/** What the command line says. */
interface Options {
  readonly products: readonly ProductShape[];
  readonly models: readonly string[];
  readonly pairs: readonly number[];
  readonly lengths: readonly (typeof LENGTHS)[number][];
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly output: string;
}

function readOptions(args: string[]): Options {
  const flags = parseArgs(args, {
    boolean: ["quick"],
    string: ["products", "models", "pairs", "lengths", "only", "output"],
    default: {
      products: PRODUCTS,
      models: "MiniLM-L6,MiniLM-L12,BERT-base",
      pairs: "32,128,512",
      lengths: "real,full",
    },
    unknown: (argument) => {
      throw new UsageError(
        `Cannot report: found "${argument}", wanted --products, --models, --pairs, --lengths, --only, --quick or --output`,
      );
    },
  });
  const list = (text = "") => text.split(",").filter(Boolean);
  const [models, lengths] = [list(flags.models), list(flags.lengths)];
  for (const name of models) checkName("report on model", name, Object.keys(PUBLISHED));
  for (const name of lengths) checkName("report on lengths", name, LENGTHS);
  const products = list(flags.products).map((text) => {
    const shape = parseShape(text);
    if (shape === null) {
      throw new UsageError(
        `Cannot report on product "${text}": wanted extents such as 4096x3072x768`,
      );
    }
    return shape;
  });
  const pairs = list(flags.pairs).map(Number);
  const wrong = pairs.find((count) => !Number.isInteger(count) || count < 2);
  if (wrong !== undefined) {
    throw new UsageError(
      `Cannot report on --pairs ${flags.pairs}: wanted whole numbers of at least 2`,
    );
  }
  return {
    products,
    models,
    pairs,
    lengths: LENGTHS.filter((name) => lengths.includes(name)),
    only: list(flags.only),
    quick: flags.quick,
    output: flags.output ?? RESULTS,
  };
}

/** Writes the files of a step; what its batches hold is told as the mean of them. */
async function stepOf(
  folder: string,
  choice: StepChoice,
  { model, peakGflops }: { model: string; peakGflops: number },
): Promise<GpuStep> {
  const { task, texts, tokens } = await writeStep(folder, choice);
  const { config, pairs, batches, longest } = choice;
  return {
    ...{ task, texts, model, longest, pairs, batches },
    more: {
      tokens: tokens.reduce((sum, count) => sum + count, 0) / batches,
      flops: stepFlops(config, tokens) / batches,
      peakGflops,
    },
  };
}

async function prepare(
  folder: string,
  { products, models, pairs, lengths }: Options,
): Promise<{ jobs: Job[]; device: string; ceilings: string }> {
  const gpu = await Gpu.request();
  try {
    const ceilings = await measureCeilings(gpu);
    const peakGflops = ceilings?.multiplyAdd ?? NaN;
    const jobs: Job[] = products.map((shape) => productJob(shape, peakGflops));
    for (const name of models) {
      const [config, model] = [PUBLISHED[name], join(folder, name)];
      await writeModel(gpu, config, model);
      for (const count of pairs) {
        for (const kind of lengths) {
          const choice = { ...{ model: name, config, lengths: kind }, longest: LONGEST };
          const sizes = { pairs: count, batches: BATCHES };
          jobs.push(
            ...gpuJobs(await stepOf(folder, { ...choice, ...sizes }, { model, peakGflops })),
          );
        }
      }
    }
    return {
      jobs,
      device: gpu.info.description,
      ceilings: `a copy ${ceilings?.copy.toFixed(0) ?? "?"} GB/s, ` +
        `multiply-adds ${peakGflops.toFixed(0)} GFLOP/s`,
    };
  } finally {
    gpu.destroy();
  }
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = await Deno.makeTempDir({ prefix: "sentrain-bench-" });
  try {
    const { jobs, device, ceilings } = await prepare(folder, options);
    const chosen = chosenJobs(jobs, options.only);
    const facts = {
      date: new Date().toISOString().slice(0, 10),
      device,
      host: await cpuName(),
      command: ["deno task bench:gpu", ...args].join(" "),
    };
    console.log(`${device}; ${facts.host}`);
    console.log(`Shaders reach at most: ${ceilings}`);
    const host = { python: await findPython(), environment: {} };
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
