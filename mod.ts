/**
 * sentrain trains sentence-embedding models on WebGPU, with the names that users of Sentence
 * Transformers know.
 *
 * ```ts
 * import {
 *   datasetFromRows,
 *   Gpu,
 *   MultipleNegativesRankingLoss,
 *   newSmallModel,
 *   SentenceTransformer,
 *   SentenceTransformerTrainer,
 *   SentenceTransformerTrainingArguments,
 * } from "@sentrain/sentrain";
 *
 * const gpu = await Gpu.request();
 * const model = await newSmallModel(gpu); // or SentenceTransformer.load(gpu, "path/to/bert", ...)
 * const trainDataset = datasetFromRows(
 *   [
 *     { anchor: "How do I reset my password?", positive: "Choose a new one under Settings." },
 *     { anchor: "Where is my parcel?", positive: "The tracking page shows its way." },
 *     { anchor: "Can I pay by invoice?", positive: "Yes, within 30 days." },
 *   ],
 *   { name: "questions" },
 * );
 * const outputDir = await Deno.makeTempDir();
 * const trainer = new SentenceTransformerTrainer({
 *   model,
 *   args: new SentenceTransformerTrainingArguments({
 *     outputDir,
 *     maxSteps: 4,
 *     learningRate: 3e-3,
 *     batchSampler: "no_duplicates",
 *     saveStrategy: "no",
 *   }),
 *   trainDataset,
 *   loss: new MultipleNegativesRankingLoss(),
 * });
 * const { trainingLoss } = await trainer.train();
 * console.log(`mean loss ${trainingLoss.toFixed(2)}`);
 * await trainer.saveModel(`${outputDir}/final`);
 *
 * const saved = await SentenceTransformer.load(gpu, `${outputDir}/final`);
 * const { data, rows, columns } = await saved.encode(["Where is my parcel?", "Pay later"]);
 * console.log(rows, columns, data.length); // 2 128 256
 * gpu.destroy();
 * ```
 *
 * @module
 */
export {
  DeviceError,
  DeviceLostError,
  InputError,
  OutOfMemoryError,
  OutputError,
  UsageError,
} from "./src/errors.ts";
export * from "./src/gpu/mod.ts";
export * from "./src/host/mod.ts";
export { type GradientSlot, type Precision, Tape, type TapeOptions } from "./src/ops/tape.ts";
export * from "./src/data/mod.ts";
export * from "./src/evaluators/mod.ts";
export { openRetrievalFolder } from "./src/io/retrieval_folder.ts";
export * from "./src/losses/mod.ts";
export * from "./src/models/mod.ts";
export { type ExportedModel, exportModel, type ExportOptions } from "./src/export/export_model.ts";
export type { OnnxPrecision } from "./src/export/graph_builder.ts";
export type { LogEntry, Progress, Reporter, RunFacts } from "./src/reporters/reporter.ts";
export { type Histogram, histogramOf } from "./src/reporters/histogram.ts";
export { HtmlReporter } from "./src/reporters/html_reporter.ts";
export { LiveReport } from "./src/reporters/live_report.ts";
export { OpenTelemetryReporter } from "./src/reporters/opentelemetry_reporter.ts";
export { writeReport } from "./src/reporters/report/write_report.ts";
export { type JournalOptions, RunJournal } from "./src/reporters/run_journal.ts";
export {
  type TensorBoardOptions,
  TensorBoardReporter,
} from "./src/reporters/tensorboard_reporter.ts";
export { JsonlLog } from "./src/reporters/jsonl_log.ts";
export { PlainLines } from "./src/reporters/plain_lines.ts";
export { ProgressBar, type ProgressBarOptions } from "./src/reporters/progress_bar.ts";
export type { ArgumentValues } from "./src/train/arguments/argument_values.ts";
export type { DeviceArgumentValues } from "./src/train/arguments/device_argument_values.ts";
export { BatchSamplers } from "./src/train/arguments/fields/batch_samplers.ts";
export { MultiDatasetBatchSamplers } from "./src/train/arguments/fields/multi_dataset_batch_samplers.ts";
export type { SaveStrategy } from "./src/train/arguments/fields/save_strategy.ts";
export type { Prompts } from "./src/train/arguments/fields/later.ts";
export type {
  SetDataloaderOptions,
  SetEvaluateOptions,
  SetLoggingOptions,
  SetLrSchedulerOptions,
  SetOptimizerOptions,
  SetPushToHubOptions,
  SetSaveOptions,
  SetTestingOptions,
  SetTrainingOptions,
} from "./src/train/arguments/argument_group_options.ts";
export {
  TrainingArguments,
  type TrainingArgumentsOptions,
} from "./src/train/arguments/training_arguments.ts";
export type { HubStrategy } from "./src/train/arguments/fields/hub.ts";
export type { IntervalStrategy } from "./src/train/arguments/fields/interval_strategy.ts";
export type { LogLevel } from "./src/train/arguments/fields/logging.ts";
export type { OptimizerName } from "./src/optim/names.ts";
export type { HalfPrecisionBackend } from "./src/train/arguments/fields/precision.ts";
export type { SchedulerType } from "./src/train/arguments/fields/schedule.ts";
export type { RunPlan } from "./src/train/run_plan.ts";
export type { Best, DataPosition, TrainerState } from "./src/train/state.ts";
export type { LogEntry as TrainerLogEntry } from "./src/io/trainer_state.ts";
export type { JsonObject } from "./src/io/json.ts";
export { SentenceTransformerTrainingArguments } from "./src/train/arguments/sentence_transformer_training_arguments.ts";
export { SentenceTransformerTrainer } from "./src/train/trainer.ts";
export { Interruption } from "./src/train/interruption.ts";
export type { ProcessPlace } from "./src/train/arguments/process_place.ts";
export {
  type AdapterSources,
  chooseAdapter,
  type Place,
} from "./src/distributed/choose_adapter.ts";
export {
  communicatorForProcess,
  type CommunicatorOptions,
} from "./src/distributed/communicator_for_process.ts";
export type {
  Agreement,
  Communicator,
  Payload,
  ReduceOperation,
  ReduceOptions,
} from "./src/distributed/communicator.ts";
export { dispatchDatasets, type DispatchOptions } from "./src/train/parallel/dispatch_datasets.ts";
export { OutputLock } from "./src/io/output_lock.ts";
export type { PushOptions } from "./src/train/callbacks/hub_callback.ts";
export { type DeviceLossOptions, surviveDeviceLoss } from "./src/train/survive_device_loss.ts";
export type { Datasets, TrainerInputs, TrainOutput } from "./src/train/trainer_inputs.ts";
export type {
  CallbackMoment,
  CallbackRun,
  EvaluationPlace,
  TrainerCallback,
} from "./src/train/callbacks/callback.ts";
export { type CallbackClass, CallbackHandler } from "./src/train/callbacks/callback_handler.ts";
export type { CallbackState } from "./src/train/callbacks/callback_state.ts";
export {
  EmbeddingMapCallback,
  type EmbeddingMapOptions,
} from "./src/train/callbacks/embedding_map_callback.ts";
export {
  GradientHistogramCallback,
  type GradientHistogramOptions,
} from "./src/train/callbacks/gradient_histogram_callback.ts";
export { DefaultFlowCallback } from "./src/train/callbacks/default_flow_callback.ts";
export {
  EarlyStoppingCallback,
  type EarlyStoppingOptions,
} from "./src/train/callbacks/early_stopping_callback.ts";
export { ProfileCallback, type ProfileOptions } from "./src/train/callbacks/profile_callback.ts";
export { TrainerControl } from "./src/train/callbacks/trainer_control.ts";
