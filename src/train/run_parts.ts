/**
 * The parts of a run that follow from its setup and from the rows of a batch.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { multiDatasetSampler } from "../data/samplers/multi_dataset.ts";
import type { Gpu } from "../gpu/device.ts";
import { BadGradient } from "../optim/bad_gradient.ts";
import { GradientNorm } from "../optim/clip_grad_norm.ts";
import { createOptimizer } from "../optim/names.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type ParameterGroups, parameterGroups } from "../optim/parameter_groups.ts";
import { type ScheduledScalars, StepControl } from "../optim/step_control.ts";
import type { Precision } from "../ops/tape.ts";
import { createSchedule } from "../schedules/names.ts";
import type { RunSchedule } from "../schedules/run_schedule.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import { shardsOptimizer } from "./arguments/sharding.ts";
import { BatchSource } from "./batch_source.ts";
import { Checkpointer } from "./checkpointer.ts";
import { OverflowWatch } from "./overflow_watch.ts";
import { ShardedOptimizer } from "./parallel/sharded_optimizer.ts";
import { StepExchange } from "./parallel/step_exchange.ts";
import { type RunIdentity, runIdentity } from "./run_identity.ts";
import { planRun, type RunPlan } from "./run_plan.ts";
import type { RunSetup } from "./run_setup.ts";
import { Timeline } from "./timeline.ts";
import { trainedStores } from "./trained_stores.ts";

/** What a run is made of. */
export interface RunParts {
  /** Rows of a batch, of this rank where there are several. */
  readonly batchSize: number;
  /** Rows of a batch of all ranks together. */
  readonly globalBatchSize: number;
  /** What ranks tell each other in a step; null where there is one process. */
  readonly exchange: StepExchange | null;
  /** Which rows make a step. */
  readonly timeline: Timeline;
  /** Lengths and intervals. */
  readonly plan: RunPlan;
  /** What the run is made of. */
  readonly identity: RunIdentity;
  /** The learning rates. */
  readonly schedule: RunSchedule;
  /** Base learning rates. */
  readonly learningRates: readonly number[];
  /** Changes the parameters. */
  readonly optimizer: Optimizer;
  /** Scales the loss, skips steps, chooses the learning rate. */
  readonly control: StepControl;
  /** Measures the gradients. */
  readonly gradientNorm: GradientNorm;
  /** Remembers the first gradient that is not finite. */
  readonly badGradient: BadGradient;
  /** Gives batches. */
  readonly source: BatchSource;
  /** Writes and reads checkpoints. */
  readonly checkpointer: Checkpointer;
  /** The most components that a loss has. */
  readonly components: number;
  /** Looks for numbers that are not finite, where `debug` asks for it. */
  readonly watch: OverflowWatch | null;
}

/**
 * Makes the parts.
 *
 * @param setup What the run works with.
 * @param batchSize Rows of a batch.
 * @returns The parts; give them to {@linkcode releaseParts} in the end.
 * @throws {UsageError} If an argument does not fit model or data.
 */
export function assembleRun(setup: RunSetup, batchSize: number): RunParts {
  const { args, inputs: { model }, trainDatasets, lossFor, lossStores, group } = setup;
  const ranks = group?.size ?? 1;
  const globalBatchSize = args.splitBatches ? batchSize : batchSize * ranks;
  const timeline = new Timeline(
    samplerFor(setup, globalBatchSize),
    args.gradientAccumulationSteps,
  );
  const plan = planRun(args, timeline);
  const schedule = createSchedule(args.lrSchedulerType, {
    warmupSteps: plan.warmupSteps,
    totalSteps: plan.totalSteps,
    learningRate: args.learningRate,
    kwargs: args.lrSchedulerKwargs ?? {},
  });
  const stores = trainedStores(model, lossStores);
  const groups = parameterGroups(stores, args);
  const create = (some: ParameterGroups) => optimizerOf(model.gpu, some, args);
  const optimizer = group !== null && shardsOptimizer(args)
    ? new ShardedOptimizer(model.gpu, groups, { communicator: group.communicator, create })
    : create(groups);
  const { learningRates } = groups;
  const control = new StepControl(model.gpu, { groups: learningRates.length, scaling: args.fp16 });
  const identity = runIdentity(args, {
    inputs: setup.inputs,
    datasets: trainDatasets.datasets,
    lossFor,
    batchSize: globalBatchSize,
  });
  const kept = {
    args,
    group,
    plan,
    model,
    lossStores,
    optimizer,
    control,
    schedule,
    learningRates,
    batchSize,
  };
  return {
    batchSize: globalBatchSize / ranks,
    globalBatchSize,
    exchange: group && new StepExchange(model.gpu, stores, {
      group,
      bucketMb: args.ddpBucketCapMb,
      compression: setup.inputs.gradientCompression,
    }),
    timeline,
    plan,
    identity,
    schedule,
    learningRates,
    optimizer,
    control,
    gradientNorm: new GradientNorm(model.gpu, stores),
    // With loss scaling, gradients that overflow are nothing to be looked for.
    badGradient: new BadGradient(model.gpu, stores, { isLooking: !args.fp16 }),
    source: new BatchSource({
      models: setup.models,
      datasets: trainDatasets,
      timeline,
      lossFor,
      prompts: args.prompts,
      workers: args.dataloaderNumWorkers,
      persistentWorkers: args.dataloaderPersistentWorkers,
      group,
      dispatches: args.dispatchBatches ?? false,
    }),
    checkpointer: new Checkpointer({ ...kept, identity }),
    components: Math.max(
      ...trainDatasets.datasets.map((dataset) => lossFor(dataset).components?.length ?? 0),
    ),
    watch: [args.debug].flat().join(" ").includes("underflow_overflow")
      ? new OverflowWatch(model.gpu, { gradients: !args.fp16 })
      : null,
  };
}

/** The optimizer that arguments ask for. */
export function optimizerOf(
  gpu: Gpu,
  groups: ParameterGroups,
  args: SentenceTransformerTrainingArguments,
): Optimizer {
  return createOptimizer(gpu, groups, {
    name: args.optim,
    optimArgs: args.optimArgs,
    beta1: args.adamBeta1,
    beta2: args.adamBeta2,
    epsilon: args.adamEpsilon,
    weightDecay: args.weightDecay,
  });
}

/** Frees what the parts took; the model stays. */
export async function releaseParts(parts: RunParts): Promise<void> {
  await parts.source.close();
  parts.optimizer.destroy();
  parts.control.destroy();
  parts.gradientNorm.destroy();
  parts.badGradient.destroy();
  parts.watch?.destroy();
  parts.exchange?.destroy();
}

/** How the operands of linear layers are stored in training, and in evaluations within it. */
export function trainingPrecision(
  { fp16, bf16 }: SentenceTransformerTrainingArguments,
): Precision {
  return fp16 ? "f16" : bf16 ? "bf16" : "f32";
}

/** How they are stored in evaluations outside training. */
export function evaluationPrecision(args: SentenceTransformerTrainingArguments): Precision {
  return args.fp16FullEval ? "f16" : args.bf16FullEval ? "bf16" : trainingPrecision(args);
}

/**
 * The scalars of the updates that may come next.
 *
 * @param parts Optimizer, schedule and learning rates.
 * @param range Updates that may be done before it: from `first` on, `count` of them.
 * @returns What `StepControl.decide` takes.
 */
export function scheduledRows(
  { optimizer, schedule, learningRates }: RunParts,
  { first, count }: { first: number; count: number },
): { first: number; rows: ScheduledScalars[][] } {
  const rows = Array.from({ length: count }, (_, i) => {
    const factor = schedule.factor(first + i);
    return learningRates.map((rate) => optimizer.scalars(first + i + 1, rate * factor));
  });
  return { first, rows };
}

function samplerFor({ args, inputs, trainDatasets }: RunSetup, batchSize: number) {
  const { model } = inputs;
  return multiDatasetSampler(trainDatasets, {
    batchSize,
    dropLast: args.dataloaderDropLast,
    seed: args.dataSeed ?? args.seed,
    batchSampler: inputs.batchSampler ?? args.batchSampler,
    multiDatasetBatchSampler: inputs.multiDatasetBatchSampler ?? args.multiDatasetBatchSampler,
    accumulation: args.gradientAccumulationSteps,
    lengthsOf: args.groupByLength
      ? (dataset) => dataset.lengths ?? tokenCounts(dataset)
      : undefined,
  });

  /** Tokens of a row, all columns together. */
  function tokenCounts(dataset: Dataset): Uint32Array {
    const counts = new Uint32Array(dataset.length);
    for (const column of dataset.columns) {
      let row = 0;
      for (const text of dataset.text(column)) counts[row++] += model.tokenize(text).length;
    }
    return counts;
  }
}
