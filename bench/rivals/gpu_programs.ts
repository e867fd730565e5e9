/**
 * Which programs the report on GPUs runs for a step of a published model.
 *
 * @module
 */
import type { ProductShape } from "./product.ts";
import type { Job, OtherWork, Program } from "./programs.ts";

/** A step, and where its files are. */
export interface GpuStep {
  /** The task: see `task.ts`. */
  readonly task: string;
  /** Pairs as texts, JSON Lines: those of the task, and more. */
  readonly texts: string;
  /** The model's directory. */
  readonly model: string;
  /** Its weights, safetensors. */
  readonly weights: string;
  /** Tokens after which a text is cut. */
  readonly longest: number;
  /** Pairs of a step. */
  readonly pairs: number;
  /** Batches that steps take in turn. */
  readonly batches: number;
  /** Tokens and operations of a step. */
  readonly more: OtherWork;
}

const PRECISIONS = ["f32", "tf32", "bf16"] as const;

/**
 * The jobs of a step: the step alone, all engines on the same batches; and the trainers with all that
 * they do around it.
 *
 * @param step The step.
 * @returns Both jobs.
 */
export function gpuJobs(step: GpuStep): Job[] {
  const { task, texts, model, weights, longest, pairs, batches, more } = step;
  const counts = {
    counts: { warmup: batches, times: 5, runs: batches },
    quick: { warmup: batches, times: 2, runs: batches },
  };
  const work = { work: pairs, unit: "pairs/s", more };
  return [
    {
      ...work,
      flags: ["--task", task, "--weights", weights],
      ours: { key: "sentrain", file: "sentrain_step.ts", ...counts },
      rivals: [
        halves("sentrain_step.ts", counts),
        ...PRECISIONS.map((precision) => pytorch("pytorch_step.py", precision, counts)),
      ],
    },
    {
      ...work,
      flags: ["--task", task, "--texts", texts, "--model", model, "--longest", String(longest)],
      ours: { key: "sentrain", file: "sentrain_train.ts", ...counts },
      rivals: [
        halves("sentrain_train.ts", counts),
        ...PRECISIONS.map((precision) => ({
          ...inPrecision("sentence-transformers", precision),
          file: "sentence_transformers_train.py",
          differs: "rows in another order",
          ...counts,
        })),
      ],
    },
  ];
}

/**
 * The job of a product; PyTorch's is that of cuBLAS.
 *
 * @param shape Its extents.
 * @param peakGflops The most that a shader was seen to do. Unit: GFLOP/s.
 * @returns The job.
 */
export function productJob({ m, n, k }: ProductShape, peakGflops: number): Job {
  const flops = 2 * m * n * k;
  const counts = {
    counts: { warmup: 2, times: 7, runs: 16 },
    quick: { warmup: 1, times: 2, runs: 2 },
  };
  return {
    flags: ["--shape", `${m}x${n}x${k}`],
    work: flops / 1e9,
    unit: "GFLOP/s",
    more: { flops, peakGflops },
    ours: { key: "sentrain", file: "sentrain_product.ts", ...counts },
    rivals: ["f32", "tf32"].map((precision) => pytorch("pytorch_product.py", precision, counts)),
  };
}

/** How often a program runs, also in a quick report. */
type BothCounts = Pick<Program, "counts" | "quick">;

function halves(file: string, counts: BothCounts): Program {
  return { ...inPrecision("sentrain", "f16"), file, differs: "f16 operands", ...counts };
}

function pytorch(file: string, precision: string, counts: BothCounts): Program {
  const differs = precision === "f32" ? {} : { differs: precision };
  return { ...inPrecision("pytorch", precision), file, ...differs, ...counts };
}

function inPrecision(engine: string, precision: string): Pick<Program, "key" | "flags"> {
  const key = precision === "f32" ? engine : `${engine}-${precision}`;
  return { key, flags: ["--precision", precision] };
}
