/**
 * Which programs the report runs, in which jobs, and for how long.
 *
 * @module
 */
import type { TaskFiles } from "./write_tasks.ts";

/** How often a program runs: see `Plan` in `measure.ts`. */
export interface Counts {
  /** Runs before the measurement. */
  readonly warmup: number;
  /** How often time is taken. */
  readonly times: number;
  /** Runs between two looks at the clock. */
  readonly runs: number;
}

/** A program of one engine. */
export interface Program {
  /** What `--only` calls the engine. */
  readonly key: string;
  /** Its file beside this one. */
  readonly file: string;
  /** Flags besides task, weights and counts. */
  readonly flags?: readonly string[];
  /** Where it is not the same work: what is different. */
  readonly differs?: string;
  /** Its counts. */
  readonly counts: Counts;
  /** Its counts in a quick report. */
  readonly quick: Counts;
}

/** What else a run is, beside its work. */
export interface OtherWork {
  /** Tokens, without padding; none where it has no tokens. */
  readonly tokens?: number;
  /** Floating-point operations. */
  readonly flops: number;
  /** The most of them that a shader was seen to do in a second. Unit: GFLOP/s. */
  readonly peakGflops: number;
}

/** Something that all engines do. */
export interface Job {
  /** Flags that name its files. */
  readonly flags: readonly string[];
  /** Work of one run, in the unit that the table shows a second. */
  readonly work: number;
  /** That unit. */
  readonly unit: string;
  /** Other measures of the same work. Default: none. */
  readonly more?: OtherWork;
  /** sentrain's program. */
  readonly ours: Program;
  /** Those of the others. */
  readonly rivals: readonly Program[];
}

const FEW: Counts = { warmup: 1, times: 3, runs: 1 };
const ONE: Counts = { warmup: 1, times: 1, runs: 1 };
/** Steps of real lengths are counted in whole turns of all batches. */
const TURN = 8;

/** What a job needs besides files. */
export interface JobSizes {
  /** Pairs of a step. */
  readonly pairs: number;
  /** Rows and columns of a factor. */
  readonly edge: number;
}

/**
 * The jobs of the report: the step with sequences of one length, with real lengths, and the product.
 *
 * @param files Tasks and weights.
 * @param sizes Their sizes.
 * @returns The jobs.
 */
export function jobs(files: TaskFiles, { pairs, edge }: JobSizes): Job[] {
  const weights = ["--weights", files.weights];
  return [
    {
      ...evenSteps(),
      flags: ["--task", files.even, ...weights],
      work: pairs,
      unit: "pairs/s",
    },
    {
      ...realSteps(),
      flags: ["--task", files.real, ...weights],
      work: pairs,
      unit: "pairs/s",
    },
    { ...products(), flags: [], work: 2 * edge ** 3 / 1e9, unit: "GFLOP/s" },
  ];
}

type Programs = Pick<Job, "ours" | "rivals">;

function evenSteps(): Programs {
  const fast = {
    counts: { warmup: 2, times: 5, runs: 2 },
    quick: { warmup: 1, times: 2, runs: 2 },
  };
  const slow = { counts: FEW, quick: ONE };
  return {
    ours: { key: "sentrain", file: "sentrain_step.ts", ...fast },
    rivals: [
      { key: "pytorch", file: "pytorch_step.py", ...fast },
      { key: "jax-js-wasm", file: "jax_js_step.ts", flags: ["--backend", "wasm"], ...slow },
      {
        key: "jax-js-webgpu",
        file: "jax_js_step.ts",
        // One-hot rows of 8,192 words do not fit the binding limit of 128 MiB.
        flags: ["--backend", "webgpu", "--vocabulary", "4096"],
        differs: "V = 4096",
        ...slow,
      },
      { key: "tfjs-webgpu", file: "tfjs_step.ts", flags: ["--backend", "webgpu"], ...slow },
    ],
  };
}

function realSteps(): Programs {
  const turns = {
    counts: { warmup: TURN, times: 3, runs: TURN },
    quick: { warmup: 1, times: 1, runs: TURN },
  };
  return {
    ours: { key: "sentrain", file: "sentrain_step.ts", ...turns },
    rivals: [{ key: "pytorch", file: "pytorch_step.py", ...turns }],
  };
}

function products(): Programs {
  const fast = {
    counts: { warmup: 2, times: 7, runs: 8 },
    quick: { warmup: 2, times: 3, runs: 4 },
  };
  const slow = { counts: { warmup: 1, times: 3, runs: 2 }, quick: ONE };
  const on = (backend: string) => ({ flags: ["--backend", backend] });
  return {
    ours: { key: "sentrain", file: "sentrain_product.ts", ...fast },
    rivals: [
      { key: "pytorch", file: "pytorch_product.py", ...fast },
      { key: "jax-js-wasm", file: "jax_js_product.ts", ...on("wasm"), ...fast },
      { key: "jax-js-webgpu", file: "jax_js_product.ts", ...on("webgpu"), ...slow },
      { key: "tfjs-wasm", file: "tfjs_product.ts", ...on("wasm"), ...fast },
      { key: "tfjs-webgpu", file: "tfjs_product.ts", ...on("webgpu"), ...slow },
    ],
  };
}
