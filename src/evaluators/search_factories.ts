/**
 * Factories of the evaluators that look for texts among all others.
 *
 * @module
 */

import { z } from "zod";
import {
  basics,
  compared,
  comparing,
  count,
  type EvaluatorFactory,
  factory,
  named,
  needed,
  similarity,
  textColumns,
} from "./evaluator_factory.ts";
import {
  InformationRetrievalEvaluator,
  type RetrievalSettings,
} from "./information_retrieval_evaluator.ts";
import { NanoBEIREvaluator, nanoBeirNames } from "./nano_beir_evaluator.ts";
import { ParaphraseMiningEvaluator } from "./paraphrase_mining_evaluator.ts";
import { RerankingEvaluator } from "./reranking_evaluator.ts";
import { TranslationEvaluator } from "./translation_evaluator.ts";

const ranks = z.array(z.int().min(1)).min(1).optional();
const text = z.string().optional();
const cutoffs = {
  accuracy_at_k: ranks,
  precision_recall_at_k: ranks,
  mrr_at_k: ranks,
  ndcg_at_k: ranks,
  map_at_k: ranks,
  corpus_chunk_size: count,
  query_prompt_name: text,
  corpus_prompt_name: text,
};
const prompts = z.union([z.string(), z.record(z.string(), z.string())]).optional();

/** The factories by name. */
export const SEARCH_FACTORIES = {
  InformationRetrievalEvaluator: factory(
    { ...comparing, ...cutoffs, query_prompt: text, corpus_prompt: text },
    (name, data, options) => {
      const [queries, documents] = textColumns(name, data, 2);
      // A text is its own id: equal queries share their documents, equal documents are one.
      const relevant = new Map<string, Set<string>>(queries.map((query) => [query, new Set()]));
      queries.forEach((query, row) => relevant.get(query)!.add(documents[row]));
      return new InformationRetrievalEvaluator({
        queries: new Map(queries.map((query) => [query, query])),
        corpus: new Map(documents.map((document) => [document, document])),
        relevant,
        ...compared(options),
        ...settingsOf(options),
        queryPrompt: options.query_prompt,
        corpusPrompt: options.corpus_prompt,
      });
    },
  ),
  NanoBEIREvaluator: factory(
    {
      folder: z.string(),
      dataset_names: z.array(z.string()).optional(),
      truncate_dim: count,
      score_functions: comparing.score_functions,
      main_score_function: comparing.main_score_function,
      ...cutoffs,
      aggregate_key: text,
      query_prompts: prompts,
      corpus_prompts: prompts,
    },
    (name, data, options) => {
      const open = needed(name, data.openFolder, "a way to open folders");
      return new NanoBEIREvaluator({
        source: open(options.folder, nanoBeirNames(options.dataset_names)),
        datasetNames: options.dataset_names,
        aggregateKey: options.aggregate_key,
        ...compared(options),
        ...settingsOf(options),
        queryPrompts: options.query_prompts,
        corpusPrompts: options.corpus_prompts,
      });
    },
  ),
  RerankingEvaluator: factory(
    { ...basics, at_k: count, similarity: similarity.optional() },
    (name, data, options) => {
      const [queries, positives, ...negatives] = textColumns(name, data, 3);
      const samples = new Map<string, { positive: Set<string>; negative: Set<string> }>();
      queries.forEach((query, row) => {
        const sample = samples.get(query) ?? { positive: new Set(), negative: new Set() };
        sample.positive.add(positives[row]);
        for (const column of negatives) sample.negative.add(column[row]);
        samples.set(query, sample);
      });
      return new RerankingEvaluator({
        samples: [...samples].map(([query, { positive, negative }]) => ({
          query,
          positive: [...positive],
          negative: [...negative].filter((document) => !positive.has(document)),
        })),
        atK: options.at_k,
        similarity: options.similarity,
        ...named(options),
      });
    },
  ),
  ParaphraseMiningEvaluator: factory(
    {
      ...basics,
      add_transitive_closure: z.boolean().optional(),
      top_k: count,
      max_pairs: count,
      query_chunk_size: count,
      corpus_chunk_size: count,
    },
    (name, data, options) => {
      const [texts1, texts2] = textColumns(name, data, 2);
      const pairs = texts1.map((first, row) => [first, texts2[row]] as const);
      return new ParaphraseMiningEvaluator({
        sentences: new Map(pairs.flat().map((each) => [each, each])),
        duplicates: pairs.filter((_, row) => data.labels === null || data.labels[row] === 1),
        addTransitiveClosure: options.add_transitive_closure,
        topK: options.top_k,
        maxPairs: options.max_pairs,
        queryChunkSize: options.query_chunk_size,
        corpusChunkSize: options.corpus_chunk_size,
        ...named(options),
      });
    },
  ),
  TranslationEvaluator: factory(basics, (name, data, options) => {
    const [sourceTexts, targetTexts] = textColumns(name, data, 2);
    return new TranslationEvaluator({ sourceTexts, targetTexts, ...named(options) });
  }),
} satisfies Record<string, EvaluatorFactory>;

function settingsOf(options: z.infer<z.ZodObject<typeof cutoffs>>): RetrievalSettings {
  return {
    accuracyAtK: options.accuracy_at_k,
    precisionRecallAtK: options.precision_recall_at_k,
    mrrAtK: options.mrr_at_k,
    ndcgAtK: options.ndcg_at_k,
    mapAtK: options.map_at_k,
    corpusChunkSize: options.corpus_chunk_size,
    queryPromptName: options.query_prompt_name,
    corpusPromptName: options.corpus_prompt_name,
  };
}
