/**
 * The evaluators by name, for configuration: a name, the columns of a dataset and options in,
 * an evaluator out.
 *
 * @module
 */

import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "./evaluator.ts";
import { type EvaluatorData, type EvaluatorFactory, factory, hint } from "./evaluator_factory.ts";
import { PAIR_FACTORIES } from "./pair_factories.ts";
import { SEARCH_FACTORIES } from "./search_factories.ts";
import { SequentialEvaluator } from "./sequential_evaluator.ts";

export type { EvaluatorData };

/** The name of an evaluator, as upstream. */
export type EvaluatorName =
  | "BinaryClassificationEvaluator"
  | "EmbeddingSimilarityEvaluator"
  | "InformationRetrievalEvaluator"
  | "LabelAccuracyEvaluator"
  | "MSEEvaluator"
  | "MSEEvaluatorFromDataFrame"
  | "NanoBEIREvaluator"
  | "ParaphraseMiningEvaluator"
  | "RerankingEvaluator"
  | "SequentialEvaluator"
  | "TranslationEvaluator"
  | "TripletEvaluator";

const EVALUATORS: Readonly<Record<EvaluatorName, EvaluatorFactory>> = {
  ...PAIR_FACTORIES,
  ...SEARCH_FACTORIES,
  SequentialEvaluator: factory(
    {
      name: z.string().optional(),
      evaluators: z.array(z.union([
        z.string(),
        z.strictObject({ evaluator: z.string(), options: z.record(z.string(), z.unknown()) }),
      ])).min(1),
    },
    (_name, data, { name, evaluators }) =>
      new SequentialEvaluator({
        name,
        evaluators: evaluators.map((each) =>
          typeof each === "string"
            ? createEvaluator(each, data)
            : createEvaluator(each.evaluator, data, each.options)
        ),
      }),
  ),
};

/** The names of all evaluators; each also goes by its short form, such as `triplet`. */
export const EVALUATOR_NAMES: readonly EvaluatorName[] = [
  "EmbeddingSimilarityEvaluator",
  "InformationRetrievalEvaluator",
  "TripletEvaluator",
  "BinaryClassificationEvaluator",
  "RerankingEvaluator",
  "ParaphraseMiningEvaluator",
  "TranslationEvaluator",
  "MSEEvaluator",
  "MSEEvaluatorFromDataFrame",
  "LabelAccuracyEvaluator",
  "NanoBEIREvaluator",
  "SequentialEvaluator",
];

/**
 * Creates the evaluator of that name over a dataset.
 *
 * - `EmbeddingSimilarityEvaluator` (`embedding_similarity`) takes the first two columns as pairs
 *   and the labels as their scores.
 * - `BinaryClassificationEvaluator` (`binary_classification`) takes the first two columns as pairs
 *   and the labels 0 and 1.
 * - `InformationRetrievalEvaluator` (`information_retrieval`) takes the first two columns as
 *   queries and a relevant document each: the corpus is the distinct documents, and all documents
 *   that a query is paired with are relevant to it.
 * - `TripletEvaluator` (`triplet`) takes the first three columns as anchor, positive, negative.
 * - `RerankingEvaluator` (`reranking`) takes the first two columns as queries and a relevant
 *   document each, all further columns as irrelevant ones; rows of one query belong together.
 * - `ParaphraseMiningEvaluator` (`paraphrase_mining`) takes the first two columns as duplicates,
 *   where there are labels those of label 1; the texts are all that occur.
 * - `TranslationEvaluator` (`translation`) takes the first two columns as texts and translations.
 * - `MSEEvaluator` (`mse`) takes the last of the first two columns as texts, and labels of several
 *   numbers as a teacher's embeddings, or the first column for a teacher to embed.
 * - `MSEEvaluatorFromDataFrame` (`mse_from_data_frame`) takes columns as languages, and a teacher.
 * - `LabelAccuracyEvaluator` (`label_accuracy`) takes the first two columns as pairs, the labels as
 *   their classes, and a classifier.
 * - `NanoBEIREvaluator` (`nano_beir`) takes no dataset but a `folder`.
 * - `SequentialEvaluator` (`sequential`) takes `evaluators` over the same dataset: names, or objects
 *   of `evaluator` and `options`.
 *
 * @param name one of the names above
 * @param data the dataset
 * @param options upstream's, in snake_case: `name` and `truncate_dim` for all; `score_functions` and
 * `main_score_function` where similarities are compared, also under the names that upstream has for
 * them; `accuracy_at_k`, `precision_recall_at_k`, `mrr_at_k`, `ndcg_at_k`, `map_at_k`,
 * `corpus_chunk_size` and prompts for retrieval; `margin` for triplets; `precision` for similarity;
 * `at_k` and `similarity` for reranking; limits and `add_transitive_closure` for paraphrases
 * @throws {UsageError} for an unknown name, an option that is unknown or has no valid value, or a
 * teacher, a classifier or a folder that is not there
 * @throws {InputError} where columns, rows or labels are missing
 */
export function createEvaluator(
  name: string,
  data: EvaluatorData,
  options: Readonly<Record<string, unknown>> = {},
): Evaluator {
  const found = findName(name);
  return EVALUATORS[found](found, data, options);
}

/**
 * Whether an evaluator looks at the rows of a dataset.
 *
 * @param name its name
 * @throws {UsageError} for an unknown name
 */
export function readsRows(name: string): boolean {
  return findName(name) !== "NanoBEIREvaluator";
}

function findName(name: string): EvaluatorName {
  const found = EVALUATOR_NAMES.find((known) => known === name || shortForm(known) === name);
  if (found !== undefined) return found;
  const known = [...EVALUATOR_NAMES, ...EVALUATOR_NAMES.map(shortForm)];
  throw new UsageError(`Cannot create evaluator "${name}": unknown name; ${hint(name, known)}`);
}

function shortForm(name: EvaluatorName): string {
  return name.replace("Evaluator", "").replace(/(?<=[a-z])[A-Z]/g, "_$&")
    .replace(/(?<=[A-Z])[A-Z](?=[a-z])/g, "_$&").toLowerCase();
}
