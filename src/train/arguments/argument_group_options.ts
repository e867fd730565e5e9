/**
 * What the `set` methods of the training arguments take: upstream's parameters in camelCase.
 *
 * @module
 */
import type { HubStrategy } from "./fields/hub.ts";
import type { IntervalStrategy } from "./fields/interval_strategy.ts";
import type { LogLevel } from "./fields/logging.ts";
import type { OptimizerName } from "../../optim/names.ts";
import type { SaveStrategy } from "./fields/save_strategy.ts";
import type { SchedulerType } from "./fields/schedule.ts";

/** What `setTraining` takes. */
export interface SetTrainingOptions {
  /** `learning_rate`; 5e-5 by default. */
  learningRate?: number;
  /** `per_device_train_batch_size`, in rows; 8 by default. */
  batchSize?: number;
  /** `weight_decay`; 0 by default. */
  weightDecay?: number;
  /** `num_train_epochs`; 3 by default. */
  numEpochs?: number;
  /** `max_steps`, in optimizer steps; -1 by default. */
  maxSteps?: number;
  /** `gradient_accumulation_steps`, in batches; 1 by default. */
  gradientAccumulationSteps?: number;
  /** `seed`; 42 by default. */
  seed?: number;
  /** `gradient_checkpointing`; false by default. */
  gradientCheckpointing?: boolean;
}

/** What `setEvaluate` takes. */
export interface SetEvaluateOptions {
  /** `evaluation_strategy`; "no" by default. */
  strategy?: IntervalStrategy;
  /** `eval_steps`, in optimizer steps; 500 by default. */
  steps?: number;
  /** `per_device_eval_batch_size`, in rows; 8 by default. */
  batchSize?: number;
  /** `eval_accumulation_steps`, in batches; null by default. */
  accumulationSteps?: number | null;
  /** `eval_delay`, in optimizer steps or epochs; null by default, which means 0. */
  delay?: number | null;
  /** `prediction_loss_only`; false by default, and of no effect. */
  lossOnly?: boolean;
  /** `jit_mode_eval`; false by default. */
  jitMode?: boolean;
}

/** What `setTesting` takes. */
export interface SetTestingOptions {
  /** `per_device_eval_batch_size`, in rows; 8 by default. */
  batchSize?: number;
  /** `prediction_loss_only`; false by default, and of no effect. */
  lossOnly?: boolean;
  /** `jit_mode_eval`; false by default. */
  jitMode?: boolean;
}

/** What `setSave` takes. */
export interface SetSaveOptions {
  /** `save_strategy`; "steps" by default. */
  strategy?: SaveStrategy;
  /** `save_steps`, in optimizer steps; 500 by default. */
  steps?: number;
  /** `save_total_limit`, in checkpoints; null by default. */
  totalLimit?: number | null;
  /** `save_on_each_node`; false by default. */
  onEachNode?: boolean;
}

/** What `setLogging` takes. */
export interface SetLoggingOptions {
  /** `logging_strategy`; "steps" by default. */
  strategy?: IntervalStrategy;
  /** `logging_steps`, in optimizer steps; 500 by default. */
  steps?: number;
  /** `report_to`; "none" by default. */
  reportTo?: string | string[];
  /** `log_level`; "passive" by default. */
  level?: LogLevel;
  /** `logging_first_step`; false by default. */
  firstStep?: boolean;
  /** `logging_nan_inf_filter`; false by default. */
  nanInfFilter?: boolean;
  /** `log_on_each_node`; false by default. */
  onEachNode?: boolean;
  /** `log_level_replica`; "passive" by default. */
  replicaLevel?: LogLevel;
}

/** What `setPushToHub` takes. */
export interface SetPushToHubOptions {
  /** `hub_model_id`; must be given. */
  modelId: string;
  /** `hub_strategy`; "every_save" by default. */
  strategy?: HubStrategy;
  /** `hub_token`; null by default. */
  token?: string | null;
  /** `hub_private_repo`; false by default. */
  privateRepo?: boolean;
  /** `hub_always_push`; false by default. */
  alwaysPush?: boolean;
}

/** What `setOptimizer` takes. */
export interface SetOptimizerOptions {
  /** `optim`; "adamw_torch" by default. */
  name?: OptimizerName;
  /** `learning_rate`; 5e-5 by default. */
  learningRate?: number;
  /** `weight_decay`; 0 by default. */
  weightDecay?: number;
  /** `adam_beta1`; 0.9 by default. */
  beta1?: number;
  /** `adam_beta2`; 0.999 by default. */
  beta2?: number;
  /** `adam_epsilon`; 1e-8 by default. */
  epsilon?: number;
  /** `optim_args`; null by default. */
  args?: string | null;
}

/** What `setLrScheduler` takes. */
export interface SetLrSchedulerOptions {
  /** `lr_scheduler_type`; "linear" by default. */
  name?: SchedulerType;
  /** `num_train_epochs`; 3 by default. */
  numEpochs?: number;
  /** `max_steps`, in optimizer steps; -1 by default. */
  maxSteps?: number;
  /** `warmup_ratio`, a share of all steps; 0 by default. */
  warmupRatio?: number;
  /** `warmup_steps`, in optimizer steps; 0 by default. */
  warmupSteps?: number;
}

/** What `setDataloader` takes. */
export interface SetDataloaderOptions {
  /** `per_device_train_batch_size`, in rows; 8 by default. */
  trainBatchSize?: number;
  /** `per_device_eval_batch_size`, in rows; 8 by default. */
  evalBatchSize?: number;
  /** `dataloader_drop_last`; false by default. */
  dropLast?: boolean;
  /** `dataloader_num_workers`, in workers; 0 by default. */
  numWorkers?: number;
  /** `dataloader_pin_memory`; true by default. */
  pinMemory?: boolean;
  /** `dataloader_persistent_workers`; false by default. */
  persistentWorkers?: boolean;
  /** `auto_find_batch_size`; false by default. */
  autoFindBatchSize?: boolean;
  /** `ignore_data_skip`; false by default. */
  ignoreDataSkip?: boolean;
  /** `data_seed`; null by default. */
  samplerSeed?: number | null;
}
