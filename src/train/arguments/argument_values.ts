/**
 * The training arguments as properties.
 *
 * @module
 */
import type { BatchSamplers, MultiDatasetBatchSamplers } from "./fields/batches.ts";
import type { HubStrategy } from "./fields/hub.ts";
import type { IntervalStrategy } from "./fields/interval_strategy.ts";
import type { LogLevel } from "./fields/logging.ts";
import type { OptimizerName } from "./fields/optimizer.ts";
import type { HalfPrecisionBackend } from "./fields/precision.ts";
import type { SchedulerType } from "./fields/schedule.ts";

/** Values of all arguments, by upstream name in camelCase; each doc is that of the record. */
export interface ArgumentValues {
  /**
   * Directory for checkpoints, logs and the trained model; ~ stands for the home directory.
   * Upstream wants one to be given, its later versions have this default.
   */
  outputDir: string;
  /** Whether to train into a directory that is not empty: a flag for scripts to read. */
  overwriteOutputDir: boolean;
  /** When to save a checkpoint: never, every save_steps, or after each epoch. */
  saveStrategy: IntervalStrategy;
  /** Distance of two checkpoints; below 1 a share of all steps, rounded up. */
  saveSteps: number;
  /** How many checkpoints to keep, the best one always among them; null or below 1 keeps all. */
  saveTotalLimit: number | null;
  /** Whether weights are saved as safetensors rather than as a pickle. */
  saveSafetensors: boolean | null;
  /** Whether checkpoints hold the model alone: they are smaller, and no run can go on from them. */
  saveOnlyModel: boolean;
  /** Whether training ends with the best checkpoint; needs evaluation and saving to coincide. */
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
  /** How batches form: at random, with no text twice, or with at least two rows of each label. */
  batchSampler: BatchSamplers;
  /** Order of batches of several data sets: in turn until one ends, or in proportion to size. */
  multiDatasetBatchSampler: MultiDatasetBatchSamplers;
  /** Whether a last batch with fewer rows is left out. */
  dataloaderDropLast: boolean;
  /** Workers that prepare batches beside the main thread. */
  dataloaderNumWorkers: number;
  /** Whether workers outlive an epoch. */
  dataloaderPersistentWorkers: boolean;
  /** Whether batches are put in page-locked memory. */
  dataloaderPinMemory: boolean;
  /** Whether training starts again with a smaller batch where memory does not suffice. */
  autoFindBatchSize: boolean;
  /** Whether rows of similar length share a batch. */
  groupByLength: boolean;
  /** The column with the lengths of the rows, for group_by_length. */
  lengthColumnName: string | null;
  /** Whether columns that the model does not take are dropped. */
  removeUnusedColumns: boolean | null;
  /** The columns that hold labels. */
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
  /** The optimizer; the two that are honoured are the same one, AdamW in one kernel. */
  optim: OptimizerName;
  /** Further settings of some optimizers, as name=value,name=value. */
  optimArgs: string | null;
  /** The older way to say optim="adafactor". */
  adafactor: boolean;
  /** Share of the target that is spread over all classes. */
  labelSmoothingFactor: number;
  /** Strength of the noise that training adds to the token embeddings. */
  neftuneNoiseAlpha: number | null;
  /** The schedule that multiplies the learning rate. */
  lrSchedulerType: SchedulerType;
  /**
   * Settings of the schedule: num_cycles of cosine and cosine_with_restarts, lr_end and power of
   * polynomial, timescale of inverse_sqrt.
   */
  lrSchedulerKwargs: Record<string, unknown> | null;
  /** Share of all optimizer steps over which the learning rate rises from 0; rounded up. */
  warmupRatio: number;
  /** Length of the rise of the learning rate from 0; above 0 it goes before warmup_ratio. */
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
  /** Whether evaluation gives the loss alone. */
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
  /** Directory for the files of the services in report_to. */
  loggingDir: string | null;
  /** The name of the run for the services in report_to; null means output_dir. */
  runName: string | null;
  /**
   * The services that log lines are reported to; all means every one that is there, which is none
   * in this version, and null means none.
   */
  reportTo: string | string[] | null;
  /** Whether there is no progress bar; null means so where log_level is error or critical. */
  disableTqdm: boolean | null;
  /** From which severity on messages are shown; passive leaves it at warning. */
  logLevel: LogLevel | null;
  /** Whether log lines tell how many tokens of all columns were trained on, without padding. */
  includeNumInputTokensSeen: boolean | null;
  /** Whether the last log line tells the trained tokens per second. */
  includeTokensPerSecond: boolean | null;
  /** Whether reports leave the use of memory out. */
  skipMemoryMetrics: boolean;
  /** Checks to run beside training: underflow_overflow, tpu_metrics_debug. */
  debug: string | string[];
  /** What dropout, new parameters and the order of the data follow from. */
  seed: number;
  /** What the order of the data follows from; null means seed. */
  dataSeed: number | null;
  /** Whether equal seeds give equal results, bit for bit. */
  fullDeterminism: boolean;
  /** Whether training computes with 16-bit numbers where that is safe. */
  fp16: boolean;
  /** Whether training computes with bfloat16 numbers where that is safe. */
  bf16: boolean;
  /** Whether evaluation computes with 16-bit numbers throughout. */
  fp16FullEval: boolean;
  /** Whether evaluation computes with bfloat16 numbers throughout. */
  bf16FullEval: boolean;
  /** How much of the model Apex turns into 16-bit numbers. */
  fp16OptLevel: string;
  /** The library that does mixed precision. */
  halfPrecisionBackend: HalfPrecisionBackend;
  /** The older name of half_precision_backend. */
  fp16Backend: HalfPrecisionBackend;
  /** Whether matrices are multiplied with TensorFloat-32. */
  tf32: boolean | null;
  /** Whether layers are computed again for the backward pass: less memory, more time. */
  gradientCheckpointing: boolean;
  /** Settings of gradient_checkpointing. */
  gradientCheckpointingKwargs: Record<string, unknown> | null;
  /** Whether a software adapter is used although there is a GPU. */
  useCpu: boolean;
  /** The older name of use_cpu. */
  noCuda: boolean;
  /** Whether Apple's Metal is used. */
  useMpsDevice: boolean;
  /** Whether evaluation runs a trace that PyTorch made. */
  jitModeEval: boolean;
  /** Whether Intel's extension of PyTorch is used. */
  useIpex: boolean;
  /** Whether PyTorch compiles the model. */
  torchCompile: boolean;
  /** The compiler for torch_compile. */
  torchCompileBackend: string | null;
  /** How torch_compile compiles. */
  torchCompileMode: string | null;
  /** The older name of torch_compile_backend. */
  torchdynamo: string | null;
  /** The TPU cores to train on. */
  tpuNumCores: number | null;
  /** The older name of debug=tpu_metrics_debug. */
  tpuMetricsDebug: boolean;
  /** Whether the model is uploaded each time it is saved. */
  pushToHub: boolean;
  /** The repository to upload to; null means the name of output_dir. */
  hubModelId: string | null;
  /** What is uploaded, and when. */
  hubStrategy: HubStrategy;
  /** The key for uploading; never written out. */
  hubToken: string | null;
  /** Whether the repository is made private. */
  hubPrivateRepo: boolean;
  /** Whether a checkpoint is uploaded although the upload before it goes on. */
  hubAlwaysPush: boolean;
  /** The older name of the last part of hub_model_id. */
  pushToHubModelId: string | null;
  /** The older name of the first part of hub_model_id. */
  pushToHubOrganization: string | null;
  /** The older name of hub_token; never written out. */
  pushToHubToken: string | null;
  /** The number of this process on its machine; -1 means that it is alone. */
  localRank: number;
  /** How processes talk to each other. */
  ddpBackend: string | null;
  /** Whether processes look for parameters without gradient before they add gradients up. */
  ddpFindUnusedParameters: boolean | null;
  /** How many gradients processes exchange at once. */
  ddpBucketCapMb: number | null;
  /** Whether processes share what a model holds beside its parameters. */
  ddpBroadcastBuffers: boolean | null;
  /** How long processes wait for each other. */
  ddpTimeout: number | null;
  /** How parameters, gradients and optimizer state are sharded over processes. */
  fsdp: string | string[] | null;
  /** Settings of fsdp, or the JSON file that holds them. */
  fsdpConfig: string | Record<string, unknown> | null;
  /** From which size on fsdp wraps a layer. */
  fsdpMinNumParams: number;
  /** The class of layers that fsdp wraps. */
  fsdpTransformerLayerClsToWrap: string | null;
  /** Settings of DeepSpeed, or the JSON file that holds them. */
  deepspeed: string | Record<string, unknown> | null;
  /** Whether one process reads the batches of all. */
  dispatchBatches: boolean | null;
  /** Whether the batch size is that of all processes together. */
  splitBatches: boolean | null;
  /** Whether checkpoints are saved on each machine. */
  saveOnEachNode: boolean;
  /** Whether each machine logs. */
  logOnEachNode: boolean;
  /** The log_level of processes other than the first. */
  logLevelReplica: LogLevel | null;
  /** Settings of SageMaker's model parallelism. */
  mpParameters: string;
  /** Which result of a trial counts in a hyper-parameter search by Ray. */
  rayScope: string | null;
}
