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
export type {
  Embedder,
  Embeddings,
  EmbedOptions,
  SearchHits,
  SearchOptions,
} from "./src/evaluators/embedder.ts";
export type {
  CsvRecord,
  EvaluationResult,
  Evaluator,
  EvaluatorOptions,
} from "./src/evaluators/evaluator.ts";
export {
  EmbeddingSimilarityEvaluator,
  type EmbeddingSimilarityOptions,
} from "./src/evaluators/embedding_similarity_evaluator.ts";
export {
  BinaryClassificationEvaluator,
  type BinaryClassificationOptions,
} from "./src/evaluators/binary_classification_evaluator.ts";
export {
  InformationRetrievalEvaluator,
  type InformationRetrievalOptions,
  type RetrievalSettings,
} from "./src/evaluators/information_retrieval_evaluator.ts";
export { TripletEvaluator, type TripletOptions } from "./src/evaluators/triplet_evaluator.ts";
export {
  RerankingEvaluator,
  type RerankingOptions,
  type RerankingSample,
} from "./src/evaluators/reranking_evaluator.ts";
export {
  ParaphraseMiningEvaluator,
  type ParaphraseMiningOptions,
} from "./src/evaluators/paraphrase_mining_evaluator.ts";
export type { MiningLimits } from "./src/evaluators/paraphrase_mining.ts";
export {
  TranslationEvaluator,
  type TranslationOptions,
} from "./src/evaluators/translation_evaluator.ts";
export { MSEEvaluator, type MSEOptions } from "./src/evaluators/mse_evaluator.ts";
export {
  MSEEvaluatorFromDataFrame,
  type MSEFromDataFrameOptions,
} from "./src/evaluators/mse_evaluator_from_data_frame.ts";
export type { Teacher } from "./src/evaluators/teacher.ts";
export {
  LabelAccuracyEvaluator,
  type LabelAccuracyOptions,
  type LabelClassifier,
} from "./src/evaluators/label_accuracy_evaluator.ts";
export {
  SequentialEvaluator,
  type SequentialOptions,
} from "./src/evaluators/sequential_evaluator.ts";
export {
  type DatasetPrompts,
  NanoBEIREvaluator,
  type NanoBEIROptions,
  type RetrievalSource,
} from "./src/evaluators/nano_beir_evaluator.ts";
export { openRetrievalFolder } from "./src/io/retrieval_folder.ts";
export { csvHeaderLine, csvRecords, csvRowLine } from "./src/evaluators/csv_log.ts";
export type { EmbeddingPrecision } from "./src/evaluators/quantize.ts";
export { createEvaluator, type EvaluatorData, type EvaluatorName } from "./src/evaluators/names.ts";
export { type Bm25Options, evaluateBm25 } from "./src/evaluators/bm25.ts";
export type { RankingCutoffs } from "./src/evaluators/ranking_metrics.ts";
export type { RetrievalData } from "./src/evaluators/retrieval_task.ts";
export type { ScoreFunctionOptions } from "./src/evaluators/score_functions.ts";
export type { Similarity } from "./src/evaluators/similarity.ts";
export type {
  EmbeddedBatch,
  Loss,
  LossComponents,
  LossSetting,
  LossWants,
} from "./src/losses/loss.ts";
export type { LabelFacts } from "./src/data/label_facts.ts";
export {
  Parameter,
  type ParameterInit,
  type ParameterPart,
  type ParameterSlab,
  ParameterStore,
} from "./src/gpu/parameter_slab.ts";
export type {
  CacheConfig,
  HardnessMode,
  RankingConfig,
  RankingDirection,
} from "./src/losses/ranking_options.ts";
export type { GistConfig } from "./src/losses/gist_in_batch.ts";
export type { PairSimilarity } from "./src/losses/query_document_scores.ts";
export {
  MultipleNegativesRankingLoss,
  type MultipleNegativesRankingLossOptions,
} from "./src/losses/multiple_negatives_ranking_loss.ts";
export {
  MultipleNegativesSymmetricRankingLoss,
  type MultipleNegativesSymmetricRankingLossOptions,
} from "./src/losses/multiple_negatives_symmetric_ranking_loss.ts";
export {
  CachedMultipleNegativesRankingLoss,
  type CachedMultipleNegativesRankingLossOptions,
} from "./src/losses/cached_multiple_negatives_ranking_loss.ts";
export {
  CachedMultipleNegativesSymmetricRankingLoss,
  type CachedMultipleNegativesSymmetricRankingLossOptions,
} from "./src/losses/cached_multiple_negatives_symmetric_ranking_loss.ts";
export { GISTEmbedLoss, type GISTEmbedLossOptions } from "./src/losses/gist_embed_loss.ts";
export {
  CachedGISTEmbedLoss,
  type CachedGISTEmbedLossOptions,
} from "./src/losses/cached_gist_embed_loss.ts";
export {
  type MegaBatchMarginConfig,
  MegaBatchMarginLoss,
  type MegaBatchMarginLossOptions,
} from "./src/losses/mega_batch_margin_loss.ts";
export { CoSENTLoss, type CoSENTLossOptions } from "./src/losses/cosent_loss.ts";
export { AnglELoss, type AnglELossOptions } from "./src/losses/angle_loss.ts";
export {
  CosineSimilarityLoss,
  type CosineSimilarityLossOptions,
} from "./src/losses/cosine_similarity_loss.ts";
export { ContrastiveLoss, type ContrastiveLossOptions } from "./src/losses/contrastive_loss.ts";
export {
  OnlineContrastiveLoss,
  type OnlineContrastiveLossOptions,
} from "./src/losses/online_contrastive_loss.ts";
export { ContrastiveTensionLoss } from "./src/losses/contrastive_tension_loss.ts";
export {
  ContrastiveTensionLossInBatchNegatives,
  type ContrastiveTensionLossInBatchNegativesOptions,
} from "./src/losses/contrastive_tension_loss_in_batch_negatives.ts";
export {
  DenoisingAutoEncoderLoss,
  type DenoisingAutoEncoderLossOptions,
} from "./src/losses/denoising_auto_encoder_loss.ts";
export { denoisingDataset, type DenoisingOptions } from "./src/data/denoising_dataset.ts";
export { TripletLoss, type TripletLossOptions } from "./src/losses/triplet_loss.ts";
export { BatchAllTripletLoss } from "./src/losses/batch_all_triplet_loss.ts";
export { BatchHardTripletLoss } from "./src/losses/batch_hard_triplet_loss.ts";
export { BatchHardSoftMarginTripletLoss } from "./src/losses/batch_hard_soft_margin_triplet_loss.ts";
export { BatchSemiHardTripletLoss } from "./src/losses/batch_semi_hard_triplet_loss.ts";
export { SoftmaxLoss, type SoftmaxLossOptions } from "./src/losses/softmax_loss.ts";
export { MSELoss } from "./src/losses/mse_loss.ts";
export { MarginMSELoss, type MarginMSELossOptions } from "./src/losses/margin_mse_loss.ts";
export {
  DistillKLDivLoss,
  type DistillKLDivLossOptions,
} from "./src/losses/distill_kl_div_loss.ts";
export { EmbedDistillLoss, type EmbedDistillLossOptions } from "./src/losses/embed_distill_loss.ts";
export {
  GlobalOrthogonalRegularizationLoss,
  type GlobalOrthogonalRegularizationLossOptions,
} from "./src/losses/global_orthogonal_regularization_loss.ts";
export { MatryoshkaLoss, type MatryoshkaLossOptions } from "./src/losses/matryoshka_loss.ts";
export { Matryoshka2dLoss, type Matryoshka2dLossOptions } from "./src/losses/matryoshka2d_loss.ts";
export {
  AdaptiveLayerLoss,
  type AdaptiveLayerLossOptions,
  type LayerWeighting,
} from "./src/losses/adaptive_layer_loss.ts";
export { ClassTripletLoss, type ClassTripletLossOptions } from "./src/losses/class_triplet_loss.ts";
export { fittingLosses } from "./src/losses/fitting_losses.ts";
export { createLoss, LOSS_NAMES, type LossName } from "./src/losses/names.ts";
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
