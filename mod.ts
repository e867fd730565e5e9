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
  InputError,
  OutOfMemoryError,
  OutputError,
  UsageError,
} from "./src/errors.ts";
export { type AdapterKind, Gpu, type GpuOptions } from "./src/gpu/device.ts";
export type { OperandForm } from "./src/gpu/shader_source.ts";
export {
  type Allocation,
  type DataType,
  type HalfType,
  Tensor,
  type TensorInit,
} from "./src/gpu/tensor.ts";
export { type GradientSlot, type Precision, Tape, type TapeOptions } from "./src/ops/tape.ts";
export type { ColumnRange, PackedBatch } from "./src/data/collator.ts";
export {
  Dataset,
  datasetFromRows,
  type DatasetParts,
  type Label,
  type RowsOptions,
} from "./src/data/dataset.ts";
export { readDataset, type ReadDatasetOptions, STREAMING_BYTES } from "./src/data/read_dataset.ts";
export type { TextColumn } from "./src/data/text_column.ts";
export { columnWarnings } from "./src/data/column_warnings.ts";
export type {
  BatchSampler,
  BatchSamplerFactory,
  SamplerOptions,
} from "./src/data/samplers/sampler.ts";
export type {
  MultiDatasetOrder,
  MultiDatasetSamplerFactory,
} from "./src/data/samplers/multi_dataset_orders.ts";
export { Tokenizer, type VocabularyOptions } from "./src/data/tokenizer.ts";
export { bertVocabulary } from "./src/data/bert_vocabulary.ts";
export {
  type EntryLinking,
  type EntryLinkingEvaluation,
  wordnetEntryLinking,
} from "./src/data/wordnet.ts";
export * from "./src/evaluators/mod.ts";
export { openRetrievalFolder } from "./src/io/retrieval_folder.ts";
export * from "./src/losses/mod.ts";
export type { LabelFacts } from "./src/data/label_facts.ts";
export {
  Parameter,
  type ParameterInit,
  type ParameterPart,
  type ParameterSlab,
  ParameterStore,
} from "./src/gpu/parameter_slab.ts";
export { denoisingDataset, type DenoisingOptions } from "./src/data/denoising_dataset.ts";
export {
  type EncodeOptions,
  type LoadOptions,
  type NewModel,
  SentenceTransformer,
} from "./src/models/sentence_transformer.ts";
export type { LoraConfig } from "./src/models/lora_config.ts";
export type { ModuleConfig } from "./src/io/module_config.ts";
export type { PoolingConfig, PoolingMode } from "./src/io/pooling_config.ts";
export type { DenseActivation, DenseConfig } from "./src/io/dense_config.ts";
export { newSmallModel } from "./src/models/new_small_model.ts";
export type { LogEntry, Progress, Reporter, RunFacts } from "./src/reporters/reporter.ts";
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
export type { Datasets, TrainerInputs, TrainOutput } from "./src/train/trainer_inputs.ts";
export type {
  CallbackMoment,
  CallbackRun,
  EvaluationPlace,
  TrainerCallback,
} from "./src/train/callbacks/callback.ts";
export { type CallbackClass, CallbackHandler } from "./src/train/callbacks/callback_handler.ts";
export type { CallbackState } from "./src/train/callbacks/callback_state.ts";
export { DefaultFlowCallback } from "./src/train/callbacks/default_flow_callback.ts";
export {
  EarlyStoppingCallback,
  type EarlyStoppingOptions,
} from "./src/train/callbacks/early_stopping_callback.ts";
export { TrainerControl } from "./src/train/callbacks/trainer_control.ts";
