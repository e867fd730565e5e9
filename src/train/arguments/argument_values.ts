/**
 * The training arguments as properties.
 *
 * @module
 */
import type { DeviceArgumentValues } from "./device_argument_values.ts";
import type { BatchSamplers } from "./fields/batch_samplers.ts";
import type { IntervalStrategy } from "./fields/interval_strategy.ts";
import type { Prompts } from "./fields/later.ts";
import type { LogLevel } from "./fields/logging.ts";
import type { MultiDatasetBatchSamplers } from "./fields/multi_dataset_batch_samplers.ts";
import type { OptimizerName } from "../../optim/names.ts";
import type { SaveStrategy } from "./fields/save_strategy.ts";
import type { SchedulerType } from "./fields/schedule.ts";

/** Values of all arguments, by upstream name in camelCase; each doc is that of the record. */
export interface ArgumentValues extends DeviceArgumentValues {
  /**
   * Directory for checkpoints, logs and the trained model; ~ stands for the home directory.
   * Upstream wants one to be given, its later versions have this default.
   */
  outputDir: string;
  /** Whether to train into a directory that is not empty: a flag for scripts to read. */
  overwriteOutputDir: boolean;
  /**
   * When to save a checkpoint: never, every save_steps, after each epoch, or, as in later versions
   * upstream, at each best metric so far.
   */
  saveStrategy: SaveStrategy;
  /** Distance of two checkpoints; below 1 a share of all steps, rounded up. */
  saveSteps: number;
  /** How many checkpoints to keep, the best one always among them; null or below 1 keeps all. */
  saveTotalLimit: number | null;
  /** Whether weights are saved as safetensors rather than as a pickle. */
  saveSafetensors: boolean | null;
  /** Whether checkpoints hold the model alone: they are smaller, and no run can go on from them. */
  saveOnlyModel: boolean;
  /**
   * Whether training ends with the best checkpoint; needs evaluation and saving to coincide, or
   * save_strategy best.
   */
  loadBestModelAtEnd: boolean | null;
  /**
   * The metric that says which checkpoint is best, with or without eval_ before it; null means loss
   * where load_best_model_at_end is set.
   */
  metricForBestModel: string | null;
  /** Whether a greater metric is better; null means yes, unless its name ends in loss. */
  greaterIsBetter: boolean | null;
  /** Checkpoint to go on from; true means the latest in output_dir. Upstream, scripts read it. */
  resumeFromCheckpoint: boolean | string | null;
  /**
   * Whether a resumed run starts its epoch from the first batch again, and so sees some rows twice,
   * rather than where it stopped.
   */
  ignoreDataSkip: boolean;
  /** Whether to train: a flag for scripts to read. */
  doTrain: boolean;
  /** Whether to evaluate: a flag for scripts to read; set where evaluation_strategy is not no. */
  doEval: boolean;
  /** Whether to run on the test set: a flag for scripts to read. */
  doPredict: boolean;
  /** Passes over the training data; 2.5 stops in the middle of the third. */
  numTrainEpochs: number;
  /** Length of the run where above 0, in place of num_train_epochs; as many epochs as it takes. */
  maxSteps: number;
  /** Rows in one training batch. */
  perDeviceTrainBatchSize: number;
  /** Rows in one evaluation batch. */
  perDeviceEvalBatchSize: number;
  /** The older name of per_device_train_batch_size. */
  perGpuTrainBatchSize: number | null;
  /** The older name of per_device_eval_batch_size. */
  perGpuEvalBatchSize: number | null;
  /**
   * Batches whose gradients are averaged for one optimizer step. A loss that compares rows of a
   * batch still sees one batch at a time.
   */
  gradientAccumulationSteps: number;
  /**
   * How batches form: at random, with no text twice (also by hashes), or with at least two rows of
   * each label.
   */
  batchSampler: BatchSamplers;
  /** Order of batches of several data sets: in turn until one ends, or in proportion to size. */
  multiDatasetBatchSampler: MultiDatasetBatchSamplers;
  /** Whether a last batch with fewer rows is left out. */
  dataloaderDropLast: boolean;
  /** Workers that prepare batches beside the main thread. */
  dataloaderNumWorkers: number;
  /** Whether workers outlive an epoch; needs dataloader_num_workers. */
  dataloaderPersistentWorkers: boolean;
  /** Whether batches are put in page-locked memory. */
  dataloaderPinMemory: boolean;
  /** Whether training starts again with a smaller batch where memory does not suffice. */
  autoFindBatchSize: boolean;
  /** Whether rows of similar length share a batch; upstream ignores it. */
  groupByLength: boolean;
  /** The column with the lengths of the rows, for group_by_length; without it they are counted. */
  lengthColumnName: string | null;
  /** Whether columns that the model does not take are dropped; upstream ignores it. */
  removeUnusedColumns: boolean | null;
  /**
   * The columns that may hold labels, the first that is there does; null means label, labels,
   * score, scores. Upstream ignores it.
   */
  labelNames: string[] | null;
  /** The model output that is handed on to the next step. */
  pastIndex: number;
  /** The learning rate that the schedule multiplies. */
  learningRate: number;
  /** Decoupled weight decay of all parameters but biases and normalisation weights. */
  weightDecay: number;
  /** Decay of the running mean of the gradients. */
  adamBeta1: number;
  /** Decay of the running mean of the squared gradients. */
  adamBeta2: number;
  /** What is added to the root of the second moment before dividing by it. */
  adamEpsilon: number;
  /** Greatest L2 norm of all gradients together: longer ones are scaled to it; 0 turns that off. */
  maxGradNorm: number;
  /**
   * The optimizer. The adamw names of torch, hf, xla, npu and apex are the same one, AdamW in one
   * kernel; those with paged have the same numbers as without, and nothing is paged.
   */
  optim: OptimizerName;
  /** Further settings of some optimizers, as name=value,name=value. */
  optimArgs: string | null;
  /** The older way to say optim="adafactor". */
  adafactor: boolean;
  /**
   * Share of the target that is spread over all classes, in losses with classes or candidates; the
   * others refuse it, upstream ignores it.
   */
  labelSmoothingFactor: number;
  /** Strength of the noise that training adds to the token embeddings. */
  neftuneNoiseAlpha: number | null;
  /**
   * The schedule that multiplies the learning rate; those from cosine_with_min_lr on are of later
   * versions upstream. reduce_lr_on_plateau and greedy follow evaluations.
   */
  lrSchedulerType: SchedulerType;
  /**
   * Settings of the schedule under their upstream names, such as num_cycles of cosine, power of
   * polynomial or num_decay_steps of warmup_stable_decay; an unknown one stops the run.
   */
  lrSchedulerKwargs: Record<string, unknown> | null;
  /** Share of all optimizer steps over which the learning rate rises from 0; rounded up. */
  warmupRatio: number;
  /**
   * Length of the rise of the learning rate from 0; above 0 it goes before warmup_ratio. Below 1 a
   * share of all steps, rounded up, as in later versions upstream.
   */
  warmupSteps: number;
  /**
   * When to evaluate: never, every eval_steps, or after each epoch. Later versions upstream call it
   * eval_strategy, which is accepted as well.
   */
  evaluationStrategy: IntervalStrategy;
  /** Distance of two evaluations; below 1 a share of all steps; null or 0 means logging_steps. */
  evalSteps: number | null;
  /** How long to wait for the first evaluation, in the unit of evaluation_strategy. */
  evalDelay: number | null;
  /** After how many evaluation batches their outputs leave the device. */
  evalAccumulationSteps: number | null;
  /** Whether evaluation gives the loss alone; set to true whatever is given, as upstream does. */
  predictionLossOnly: boolean;
  /** Whether the inputs are handed to the function that computes metrics. */
  includeInputsForMetrics: boolean;
  /** Whether evaluation takes the older of two code paths. */
  useLegacyPredictionLoop: boolean;
  /** When to log: never, every logging_steps, or after each epoch. */
  loggingStrategy: IntervalStrategy;
  /** Distance of two log lines; below 1 a share of all steps, rounded up. */
  loggingSteps: number;
  /** Whether the first optimizer step is logged as well. */
  loggingFirstStep: boolean;
  /**
   * Whether a logged loss that is not finite gives way to the mean of the others since the last log
   * line; gradients are not touched.
   */
  loggingNanInfFilter: boolean;
  /**
   * Directory for the files of the services in report_to, where ~ stands for the home directory;
   * null means runs/DATE_HOST in output_dir.
   */
  loggingDir: string | null;
  /** The name of the run in reports; null means output_dir. */
  runName: string | null;
  /**
   * The services that log records are reported to: tensorboard, html, opentelemetry; "all" means
   * every one that is there, null none. The other names are refused. Every run writes
   * training_log.jsonl in output_dir.
   */
  reportTo: string | string[] | null;
  /** Whether there is no progress bar; null means so where log_level is error or critical. */
  disableTqdm: boolean | null;
  /** From which severity on messages are shown; passive leaves it at warning. */
  logLevel: LogLevel | null;
  /**
   * Whether log lines tell how many tokens of all columns were trained on, without padding;
   * upstream finds none.
   */
  includeNumInputTokensSeen: boolean | null;
  /** Whether the last log line tells the trained tokens per second. */
  includeTokensPerSecond: boolean | null;
  /** Whether reports leave the use of memory out. */
  skipMemoryMetrics: boolean;
  /**
   * Checks to run beside training, a list or a text with spaces between them: underflow_overflow
   * stops at the first number that is not finite.
   */
  debug: string | string[];
  /** What dropout, new parameters and the order of the data follow from. */
  seed: number;
  /** What the order of the data follows from; null means seed. */
  dataSeed: number | null;
  /**
   * Whether the first batch is computed twice before training, and a difference in the gradients
   * stops the run. Without it too runs are reproducible, bit for bit.
   */
  fullDeterminism: boolean;
  /**
   * Text that goes before each text of training and evaluation: one for all, or by column, by data
   * set, or by data set and column.
   */
  prompts: Prompts | null;
  /**
   * Learning rates of parameters in whose name a regular expression is found, in place of
   * learning_rate.
   */
  learningRateMapping: Record<string, number>;
}
