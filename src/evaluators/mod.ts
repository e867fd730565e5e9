/**
 * The evaluators, and what one of your own needs: this room's share of the public face.
 *
 * @module
 */
export type { Embedder, Embeddings, EmbedOptions, SearchHits, SearchOptions } from "./embedder.ts";
export type { CsvRecord, EvaluationResult, Evaluator, EvaluatorOptions } from "./evaluator.ts";
export {
  EmbeddingSimilarityEvaluator,
  type EmbeddingSimilarityOptions,
} from "./embedding_similarity_evaluator.ts";
export {
  BinaryClassificationEvaluator,
  type BinaryClassificationOptions,
} from "./binary_classification_evaluator.ts";
export {
  InformationRetrievalEvaluator,
  type InformationRetrievalOptions,
  type RetrievalSettings,
} from "./information_retrieval_evaluator.ts";
export { TripletEvaluator, type TripletOptions } from "./triplet_evaluator.ts";
export {
  RerankingEvaluator,
  type RerankingOptions,
  type RerankingSample,
} from "./reranking_evaluator.ts";
export {
  ParaphraseMiningEvaluator,
  type ParaphraseMiningOptions,
} from "./paraphrase_mining_evaluator.ts";
export type { MiningLimits } from "./paraphrase_mining.ts";
export { TranslationEvaluator, type TranslationOptions } from "./translation_evaluator.ts";
export { MSEEvaluator, type MSEOptions } from "./mse_evaluator.ts";
export {
  MSEEvaluatorFromDataFrame,
  type MSEFromDataFrameOptions,
} from "./mse_evaluator_from_data_frame.ts";
export type { Teacher } from "./teacher.ts";
export {
  LabelAccuracyEvaluator,
  type LabelAccuracyOptions,
  type LabelClassifier,
} from "./label_accuracy_evaluator.ts";
export { SequentialEvaluator, type SequentialOptions } from "./sequential_evaluator.ts";
export {
  type DatasetPrompts,
  NanoBEIREvaluator,
  type NanoBEIROptions,
  type RetrievalSource,
} from "./nano_beir_evaluator.ts";
export { csvHeaderLine, csvRecords, csvRowLine } from "./csv_log.ts";
export type { EmbeddingPrecision } from "./quantize.ts";
export { createEvaluator, type EvaluatorData, type EvaluatorName } from "./names.ts";
export { type Bm25Options, evaluateBm25 } from "./bm25.ts";
export type { RankingCutoffs } from "./ranking_metrics.ts";
export type { RetrievalData } from "./retrieval_task.ts";
export type { ScoreFunctionOptions } from "./score_functions.ts";
export type { Similarity } from "./similarity.ts";
