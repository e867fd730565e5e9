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
import { join } from "@std/path";
import { UsageError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/device.ts";
import { measureCeilings } from "./ops/ceilings.ts";
import { type Report, reportCommand, type ReportOptions, RESULTS } from "./report_command.ts";
import { gpuJobs, type GpuStep, productJob } from "./rivals/gpu_programs.ts";
import { parseShape, type ProductShape } from "./rivals/product.ts";
import type { Job } from "./rivals/programs.ts";
import { PUBLISHED, stepFlops } from "./rivals/published_models.ts";
import { findPython } from "./rivals/run_program.ts";
import { type StepChoice, writeModel, writeStep } from "./rivals/write_tasks.ts";
import { checkName } from "./run_jobs.ts";

/** Tokens after which a text is cut. */
const LONGEST = 128;
/** Batches that steps take in turn. */
const BATCHES = 4;
const LENGTHS = ["real", "full"] as const;

/** A large one, and those of BERT-base on 4,096 tokens. */
const PRODUCTS = "4096x4096x4096,4096x2304x768,4096x3072x768,4096x768x3072";

/** What the command line says. */
interface Options extends ReportOptions {
  readonly products: readonly ProductShape[];
  readonly models: readonly string[];
  readonly pairs: readonly number[];
  readonly lengths: readonly (typeof LENGTHS)[number][];
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
  peakGflops: number,
): Promise<Omit<GpuStep, "model" | "weights">> {
  const { task, texts, tokens } = await writeStep(folder, choice);
  const { config, pairs, batches, longest } = choice;
  return {
    ...{ task, texts, longest, pairs, batches },
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
): Promise<Report> {
  const gpu = await Gpu.request();
  try {
    const ceilings = await measureCeilings(gpu);
    const peakGflops = ceilings?.multiplyAdd ?? NaN;
    const jobs: Job[] = products.map((shape) => productJob(shape, peakGflops));
    for (const name of models) {
      const [config, model] = [PUBLISHED[name], join(folder, name)];
      const weights = await writeModel(gpu, config, model);
      for (const count of pairs) {
        for (const kind of lengths) {
          const sizes = { pairs: count, batches: BATCHES, longest: LONGEST };
          const choice = { model: name, config, lengths: kind, ...sizes };
          const step = await stepOf(folder, choice, peakGflops);
          jobs.push(...gpuJobs({ ...step, model, weights }));
        }
      }
    }
    return {
      jobs,
      device: gpu.info.description,
      headline: `Shaders reach at most: a copy ${ceilings?.copy.toFixed(0) ?? "?"} GB/s, ` +
        `multiply-adds ${peakGflops.toFixed(0)} GFLOP/s`,
      findHost: async () => ({ python: await findPython(), environment: {} }),
    };
  } finally {
    gpu.destroy();
  }
}

await reportCommand("bench:gpu", readOptions, prepare);
