/**
 * What shows the effect of each training argument: a run without it and one with it.
 *
 * @module
 */
import { Dataset } from "../../../src/data/dataset.ts";
import { TripletEvaluator } from "../../../src/evaluators/triplet_evaluator.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { ArgumentName } from "../../../src/train/arguments/fields.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { tinyPairs } from "../../support/tiny_training.ts";
import { type ObservedRun, stepsWith, valuesOf } from "./observed_run.ts";

/** How the effect of one argument shows. */
export interface ShownEffect {
  /** Arguments of both runs. */
  readonly base?: Partial<ArgumentValues>;
  /** Arguments of the second run alone: the one in question. */
  readonly change: Partial<ArgumentValues>;
  /** What else the trainers get. */
  readonly inputs?: () => Partial<TrainerInputs>;
  /** What differs. Default: the parameters after training. */
  readonly of?: (run: ObservedRun) => unknown;
  /** What it is in the two runs. Default: anything, but not the same. */
  readonly is?: readonly [unknown, unknown];
}

/** The test that shows the effect of an argument which a run of the trainer cannot show. */
export interface ShownElsewhere {
  /** Its file, which names the argument. */
  readonly elsewhere: string;
}

const held = () => ({ evalDataset: tinyPairs(6, "dev") });
const accuracy = () => ({
  evaluators: [
    new TripletEvaluator({ name: "dev", anchors: ["a"], positives: ["a"], negatives: ["q"] }),
  ],
});
const steps = ({ state }: ObservedRun) => state.globalStep;
const rates = (run: ObservedRun) => valuesOf(run, "learning_rate");
const checkpoints = (run: ObservedRun) => run.checkpoints.map((name) => Number(name.slice(11)));
const everyStep: Partial<ArgumentValues> = { loggingSteps: 1, lrSchedulerType: "constant" };
const saving: Partial<ArgumentValues> = { saveStrategy: "steps", saveSteps: 1 };
const judging: Partial<ArgumentValues> = { evaluationStrategy: "steps", evalSteps: 1 };
/** A rate that rises until training comes apart: an early step is the best. */
const diverging: Partial<ArgumentValues> = {
  ...saving,
  ...judging,
  maxSteps: 5,
  learningRate: 0.3,
  lrSchedulerType: "constant_with_warmup",
  warmupSteps: 5,
};

function repeating(): Partial<TrainerInputs> {
  const texts = ["a", "b", "a", "b", "a", "b"];
  const positive = ["c", "d", "e", "f", "g", "h"];
  return {
    trainDataset: new Dataset({ name: "r", texts: new Map([["a", texts], ["p", positive]]) }),
  };
}

/** By upstream name. */
export const EFFECTS: Readonly<Partial<Record<ArgumentName, ShownEffect | ShownElsewhere>>> = {
  output_dir: {
    change: { outputDir: "elsewhere" },
    of: ({ files }) => files.every((file) => file.startsWith("elsewhere/")),
    is: [false, true],
  },
  save_strategy: {
    base: { saveSteps: 2 },
    change: { saveStrategy: "steps" },
    of: checkpoints,
    is: [[], [2, 3]],
  },
  save_steps: {
    base: saving,
    change: { saveSteps: 2 },
    of: checkpoints,
    is: [[1, 2, 3], [2, 3]],
  },
  save_total_limit: {
    base: saving,
    change: { saveTotalLimit: 2 },
    of: checkpoints,
    is: [[1, 2, 3], [2, 3]],
  },
  save_only_model: {
    base: saving,
    change: { saveOnlyModel: true },
    of: ({ files }) => files.filter((file) => file.endsWith("optimizer.safetensors")).length,
    is: [3, 0],
  },
  load_best_model_at_end: { base: diverging, change: { loadBestModelAtEnd: true }, inputs: held },
  metric_for_best_model: {
    base: { ...diverging, loadBestModelAtEnd: true },
    change: { metricForBestModel: "dev_cosine_accuracy" },
    inputs: () => ({ ...held(), ...accuracy() }),
    of: ({ state }) => state.best!.metric === 1,
    is: [false, true],
  },
  greater_is_better: {
    base: { ...diverging, loadBestModelAtEnd: true },
    change: { greaterIsBetter: true },
    inputs: held,
    of: ({ state }) => state.best!.step,
  },
  resume_from_checkpoint: { elsewhere: "tests/train/resume_test.ts" },
  ignore_data_skip: { elsewhere: "tests/train/resume_test.ts" },
  local_rank: { elsewhere: "tests/train/parallel/check_parallel_run_test.ts" },
  ddp_bucket_cap_mb: { elsewhere: "tests/train/parallel/gradient_exchange_test.ts" },
  fsdp: { elsewhere: "tests/train/parallel/sharded_optimizer_test.ts" },
  deepspeed: { elsewhere: "tests/train/parallel/sharded_optimizer_test.ts" },
  ddp_timeout: { elsewhere: "tests/distributed/training_test.ts" },
  dispatch_batches: { elsewhere: "tests/train/parallel/dispatch_datasets_test.ts" },
  split_batches: { elsewhere: "tests/train/parallel/training_test.ts" },
  save_on_each_node: { elsewhere: "tests/train/parallel/rank_group_test.ts" },
  log_on_each_node: { elsewhere: "tests/train/parallel/rank_reporters_test.ts" },
  log_level_replica: { elsewhere: "tests/train/parallel/rank_reporters_test.ts" },
  push_to_hub: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  hub_model_id: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  hub_strategy: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  hub_token: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  hub_private_repo: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  hub_always_push: { elsewhere: "tests/train/callbacks/hub_callback_test.ts" },
  num_train_epochs: { change: { numTrainEpochs: 2.5 }, of: steps, is: [3, 8] },
  max_steps: { change: { maxSteps: 5 }, of: steps, is: [3, 5] },
  per_device_train_batch_size: {
    change: { perDeviceTrainBatchSize: 6 },
    of: steps,
    is: [3, 2],
  },
  per_device_eval_batch_size: {
    change: { perDeviceEvalBatchSize: 3 },
    inputs: held,
    of: ({ after }) => after.eval_loss,
  },
  gradient_accumulation_steps: {
    change: { gradientAccumulationSteps: 2 },
    of: steps,
    is: [3, 2],
  },
  batch_sampler: {
    base: { perDeviceTrainBatchSize: 3 },
    change: { batchSampler: "no_duplicates" },
    inputs: repeating,
    of: steps,
    is: [2, 3],
  },
  multi_dataset_batch_sampler: {
    change: { multiDatasetBatchSampler: "round_robin" },
    inputs: () => ({ trainDataset: [tinyPairs(12, "a"), tinyPairs(4, "b")] }),
    of: steps,
    is: [4, 2],
  },
  dataloader_drop_last: {
    base: { perDeviceTrainBatchSize: 5 },
    change: { dataloaderDropLast: true },
    of: steps,
    is: [3, 2],
  },
  dataloader_num_workers: {
    change: { dataloaderNumWorkers: 2 },
    of: ({ workers, state }) => [workers, state.tokensSeen > 0],
    is: [[0, true], [2, true]],
  },
  dataloader_persistent_workers: {
    base: { dataloaderNumWorkers: 1, numTrainEpochs: 2 },
    change: { dataloaderPersistentWorkers: true },
    of: ({ workers }) => workers,
    is: [2, 1],
  },
  auto_find_batch_size: { elsewhere: "tests/train/auto_find_batch_size_test.ts" },
  group_by_length: { change: { groupByLength: true } },
  length_column_name: { elsewhere: "tests/cli/read_task_test.ts" },
  remove_unused_columns: { elsewhere: "tests/cli/read_task_test.ts" },
  label_names: { elsewhere: "tests/cli/read_task_test.ts" },
  learning_rate: { change: { learningRate: 2e-3 } },
  weight_decay: { change: { weightDecay: 0.5 } },
  adam_beta1: { change: { adamBeta1: 0.5 } },
  adam_beta2: { change: { adamBeta2: 0.5 } },
  adam_epsilon: { change: { adamEpsilon: 0.1 } },
  max_grad_norm: { base: { optim: "sgd" }, change: { maxGradNorm: 1e-3 } },
  optim: { change: { optim: "sgd" } },
  optim_args: { base: { optim: "sgd" }, change: { optimArgs: "momentum=0.9" } },
  label_smoothing_factor: { change: { labelSmoothingFactor: 0.2 } },
  neftune_noise_alpha: { change: { neftuneNoiseAlpha: 5 } },
  lr_scheduler_type: {
    base: { ...everyStep, learningRate: 0.5 },
    change: { lrSchedulerType: "constant_with_warmup", warmupSteps: 2 },
    of: rates,
    is: [[0.5, 0.5, 0.5], [0, 0.25, 0.5]],
  },
  lr_scheduler_kwargs: {
    base: { ...everyStep, lrSchedulerType: "cosine" },
    change: { lrSchedulerKwargs: { num_cycles: 1 } },
    of: rates,
  },
  warmup_ratio: {
    base: { loggingSteps: 1, learningRate: 0.5, lrSchedulerType: "constant_with_warmup" },
    change: { warmupRatio: 0.5 },
    of: rates,
    is: [[0.5, 0.5, 0.5], [0, 0.25, 0.5]],
  },
  warmup_steps: {
    base: { loggingSteps: 1, learningRate: 0.5, lrSchedulerType: "constant_with_warmup" },
    change: { warmupSteps: 1 },
    of: rates,
    is: [[0.5, 0.5, 0.5], [0, 0.5, 0.5]],
  },
  evaluation_strategy: {
    change: { evaluationStrategy: "epoch" },
    inputs: held,
    of: (run) => stepsWith(run, "eval_loss"),
    is: [[], [3]],
  },
  eval_steps: {
    base: judging,
    change: { evalSteps: 2 },
    inputs: held,
    of: (run) => stepsWith(run, "eval_loss"),
    is: [[1, 2, 3], [2, 3]],
  },
  eval_delay: {
    base: judging,
    change: { evalDelay: 2 },
    inputs: held,
    of: (run) => stepsWith(run, "eval_loss"),
    is: [[1, 2, 3], [2, 3]],
  },
  eval_accumulation_steps: {
    base: { evaluationStrategy: "epoch", perDeviceEvalBatchSize: 2 },
    change: { evalAccumulationSteps: 1 },
    inputs: held,
    of: ({ reads }) => reads,
    is: [1, 3],
  },
};
