/**
 * `deno task soak [--minutes N]`: the main job's step on the software adapter, with an evaluation and a
 * checkpoint every 50 steps, and whether time a step, memory or open files drift.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { wordnetEntryLinking } from "../../src/data/wordnet.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../../src/models/new_small_model.ts";
import { formatTable } from "../../src/reporters/table.ts";
import type { TrainerCallback } from "../../src/train/callbacks/callback.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import { withFolder } from "../support/with_folder.ts";
import { growth, type MemorySample, memorySample, sampleRow } from "./memory_sample.ts";

/** Batches whose loss is measured in each evaluation. */
const HELD_OUT = 4;

/** The first is the warm-up, and two can be compared. */
const LEAST_WINDOWS = 3;

/** What a checkpoint's copies of model and moments come to, which the allocator may keep. */
const NOISE = { rss: 2 ** 28, heap: 2 ** 23 };
/** In the first epoch the cache of token ids fills. */
const FIRST_EPOCH_HEAP = 2 ** 26;
/** How much slower the last tenth may be on a machine that does other work too. */
const SLOWER = 1.5;
/** Fewer windows say nothing of the time of a step. */
const WINDOWS_FOR_TIME = 20;

/** How long, and how it is cut. */
export interface SoakOptions {
  /** When to stop, at the next checkpoint, but not before the third. Unit: seconds. */
  seconds: number;
  /** Steps between evaluations and checkpoints. Default: 50. */
  every?: number;
  /** Rows of a batch. Default: 64, that of the main job. */
  batchSize?: number;
  /** Is told of each window. */
  show?: (window: SoakWindow) => void;
}

/** The steps from one checkpoint to the next. */
export interface SoakWindow {
  /** Mean time of a step, evaluation and checkpoint left out. Unit: seconds. */
  readonly stepSeconds: number;
  /** Epochs done. */
  readonly epoch: number;
  /** What is held after the checkpoint. */
  readonly sample: MemorySample;
}

/**
 * Trains until the time is up.
 *
 * @param options How long.
 * @returns One window for each checkpoint but the first, in which kernels are compiled.
 */
export async function soak(options: SoakOptions): Promise<SoakWindow[]> {
  const { every = 50, batchSize = 64 } = options;
  const { train } = await wordnetEntryLinking();
  const rows = Array.from({ length: train.length }, (_, i) => i);
  const gpu = await Gpu.request({ software: true });
  const windows: SoakWindow[] = [];
  await withFolder({}, async (outputDir) => {
    const trainer = new SentenceTransformerTrainer({
      model: await newSmallModel(gpu),
      trainDataset: train.select(rows.slice(HELD_OUT * batchSize)),
      evalDataset: train.select(rows.slice(0, HELD_OUT * batchSize)),
      loss: new MultipleNegativesRankingLoss(),
      callbacks: [watcher(gpu, { ...options, every, windows })],
      args: new SentenceTransformerTrainingArguments({
        outputDir,
        perDeviceTrainBatchSize: batchSize,
        perDeviceEvalBatchSize: batchSize,
        // A sampler whose epochs need not be drawn to count them, for the run has no end of its own.
        batchSampler: "batch_sampler",
        maxSteps: 1_000_000,
        learningRate: 1e-3,
        loggingSteps: every,
        evaluationStrategy: "steps",
        evalSteps: every,
        saveStrategy: "steps",
        saveSteps: every,
        saveTotalLimit: 2,
      }),
    });
    await trainer.train();
    await trainer.destroy();
    trainer.model.destroy();
  });
  gpu.destroy();
  return windows.slice(1);
}

/** Measures windows: an evaluation begins once the GPU is done, so that it ends the time of training. */
function watcher(
  gpu: Gpu,
  { seconds, every, windows, show }: SoakOptions & { every: number; windows: SoakWindow[] },
): TrainerCallback {
  const started = performance.now();
  let since = started;
  let trained = 0;
  return {
    onEvaluate: ({ metrics }) => {
      trained = (performance.now() - since) / 1000 - metrics!.eval_runtime;
    },
    onSave: ({ state, control }) => {
      const sample = memorySample(gpu, state.globalStep);
      windows.push({ stepSeconds: trained / every, epoch: state.epoch, sample });
      show?.(windows.at(-1)!);
      since = performance.now();
      control.shouldTrainingStop ||= windows.length >= LEAST_WINDOWS &&
        since - started > 1000 * seconds;
    },
  };
}

/**
 * What has drifted, from the end of the first epoch on where there was one.
 *
 * @param windows What was measured.
 * @returns One sentence for each.
 */
export function drift(windows: readonly SoakWindow[]): string[] {
  const past = windows.find(({ epoch }) => epoch >= 1);
  const [base, last] = [past ?? windows[0], windows.at(-1)!].map(({ sample }) => sample);
  // For batches of other lengths the pool keeps free buffers, up to a bound.
  const pool = Math.max(0, last.mostPooled - base.pool);
  const heap = past === undefined ? FIRST_EPOCH_HEAP : NOISE.heap;
  const found = growth(base, last, { ...NOISE, heap, pool });
  if (windows.length < WINDOWS_FOR_TIME) return found;
  const count = Math.ceil(windows.length / 10);
  const [early, late] = [windows.slice(0, count), windows.slice(-count)].map((part) =>
    part.map(({ stepSeconds }) => stepSeconds).sort((a, b) => a - b)[Math.floor(part.length / 2)]
  );
  if (late > SLOWER * early) {
    found.push(`a step took ${1000 * late} ms in the last tenth, ${1000 * early} in the first`);
  }
  return found;
}

/**
 * The first and the last tenth beside each other.
 *
 * @param windows What was measured.
 * @returns Lines of a table.
 */
export function soakTable(windows: readonly SoakWindow[]): string {
  const count = Math.ceil(windows.length / 10);
  const rows = [windows.slice(0, count), windows.slice(-count)].map((part, i) => {
    const mean = part.reduce((sum, { stepSeconds }) => sum + stepSeconds, 0) / part.length;
    const { sample } = part[part.length - 1];
    const name = i === 0 ? "first tenth" : "last tenth";
    return [name, (1000 * mean).toFixed(1), ...Object.values(sampleRow(sample)).map(String)];
  });
  const names = Object.keys(sampleRow(windows[0].sample));
  return formatTable(["", "ms a step", ...names], rows);
}

if (import.meta.main) {
  const { minutes = "60" } = parseArgs(Deno.args, { string: ["minutes"] });
  const windows = await soak({
    seconds: 60 * Number(minutes),
    show: ({ stepSeconds, sample }) => {
      const row = { ...sampleRow(sample), "ms a step": Math.round(1000 * stepSeconds) };
      console.log(Object.entries(row).map((entry) => entry.join(" ")).join("  "));
    },
  });
  console.log(soakTable(windows));
  const drifted = drift(windows);
  for (const line of drifted) console.error(line);
  Deno.exit(drifted.length === 0 ? 0 : 1);
}
