/**
 * Rows, readers, samplers and the tokenizer: this room's share of the public face.
 *
 * @module
 */
export type { ColumnRange, PackedBatch } from "./collator.ts";
export {
  Dataset,
  datasetFromRows,
  type DatasetParts,
  type Label,
  type RowsOptions,
} from "./dataset.ts";
export { readDataset, type ReadDatasetOptions, STREAMING_BYTES } from "./read_dataset.ts";
export type { TextColumn } from "./text_column.ts";
export { columnWarnings } from "./column_warnings.ts";
export type { BatchSampler, BatchSamplerFactory, SamplerOptions } from "./samplers/sampler.ts";
export type {
  MultiDatasetOrder,
  MultiDatasetSamplerFactory,
} from "./samplers/multi_dataset_orders.ts";
export { Tokenizer, type VocabularyOptions } from "./tokenizer.ts";
export { bertVocabulary } from "./bert_vocabulary.ts";
export { type EntryLinking, type EntryLinkingEvaluation, wordnetEntryLinking } from "./wordnet.ts";
export type { LabelFacts } from "./label_facts.ts";
export { denoisingDataset, type DenoisingOptions } from "./denoising_dataset.ts";
