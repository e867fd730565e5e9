/**
 * The evaluators by name, for configuration: a name, the columns of a dataset and options in,
 * an evaluator out.
 *
 * @module
 */

import { z } from "zod";
import { InputError, UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { EmbeddingSimilarityEvaluator } from "./embedding_similarity_evaluator.ts";
import type { Evaluator } from "./evaluator.ts";
import { InformationRetrievalEvaluator } from "./information_retrieval_evaluator.ts";
import { SIMILARITIES } from "./similarity.ts";
import { TripletEvaluator } from "./triplet_evaluator.ts";

/** The dataset of an evaluator. */
export interface EvaluatorData {
  /** The texts by column, in the order of the columns, equally many in each. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** One number a row, or `null` where the dataset has no label column. */
  readonly labels: readonly number[] | null;
}

/** The name of an evaluator, as upstream. */
export type EvaluatorName =
  | "EmbeddingSimilarityEvaluator"
  | "InformationRetrievalEvaluator"
  | "TripletEvaluator";

type Factory = (name: string, data: EvaluatorData, options: unknown) => Evaluator;

const similarity = z.enum(SIMILARITIES);
const ranks = z.array(z.int().min(1)).min(1).optional();
const common = {
  name: z.string().optional(),
  score_functions: z.array(similarity).min(1).optional(),
  main_score_function: similarity.optional(),
};

const EVALUATORS: Readonly<Record<EvaluatorName, Factory>> = {
  EmbeddingSimilarityEvaluator: factory(common, (name, data, options) => {
    const [texts1, texts2] = firstColumns(name, data, 2);
    if (data.labels === null) {
      throw new InputError(
        `Cannot create ${name}: the dataset has no labels, wanted a score for each pair of texts; ` +
          `add a column "label" or "score"`,
      );
    }
    return new EmbeddingSimilarityEvaluator({
      texts1,
      texts2,
      scores: data.labels,
      ...shared(options),
    });
  }),
  InformationRetrievalEvaluator: factory(
    {
      ...common,
      accuracy_at_k: ranks,
      precision_recall_at_k: ranks,
      mrr_at_k: ranks,
      ndcg_at_k: ranks,
      map_at_k: ranks,
      corpus_chunk_size: z.int().min(1).optional(),
    },
    (name, data, options) => {
      const [queries, documents] = firstColumns(name, data, 2);
      // A text is its own id: equal queries share their documents, equal documents are one.
      const relevant = new Map<string, Set<string>>(queries.map((query) => [query, new Set()]));
      queries.forEach((query, row) => relevant.get(query)!.add(documents[row]));
      return new InformationRetrievalEvaluator({
        queries: new Map(queries.map((text) => [text, text])),
        corpus: new Map(documents.map((text) => [text, text])),
        relevant,
        ...shared(options),
        accuracyAtK: options.accuracy_at_k,
        precisionRecallAtK: options.precision_recall_at_k,
        mrrAtK: options.mrr_at_k,
        ndcgAtK: options.ndcg_at_k,
        mapAtK: options.map_at_k,
        corpusChunkSize: options.corpus_chunk_size,
      });
    },
  ),
  TripletEvaluator: factory(
    {
      ...common,
      margin: z.union([z.number(), z.partialRecord(similarity, z.number())]).optional(),
    },
    (name, data, options) => {
      const [anchors, positives, negatives] = firstColumns(name, data, 3);
      const { margin } = options;
      return new TripletEvaluator({ anchors, positives, negatives, margin, ...shared(options) });
    },
  ),
};

/** The names of all evaluators; each also goes by its short form, such as `triplet`. */
export const EVALUATOR_NAMES: readonly EvaluatorName[] = Object.keys(
  EVALUATORS,
) as EvaluatorName[];

/**
 * Creates the evaluator of that name over a dataset.
 *
 * - `EmbeddingSimilarityEvaluator` (`embedding_similarity`) takes the first two columns as pairs
 *   and the labels as their scores.
 * - `InformationRetrievalEvaluator` (`information_retrieval`) takes the first two columns as
 *   queries and a relevant document each: the corpus is the distinct documents, and all documents
 *   that a query is paired with are relevant to it.
 * - `TripletEvaluator` (`triplet`) takes the first three columns as anchor, positive, negative.
 *
 * @param name one of the names above
 * @param data the dataset
 * @param options `name`, `score_functions`, `main_score_function` for all; `accuracy_at_k`,
 * `precision_recall_at_k`, `mrr_at_k`, `ndcg_at_k`, `map_at_k`, `corpus_chunk_size` for retrieval;
 * `margin` for triplets
 * @throws {UsageError} for an unknown name, or an option that is unknown or has no valid value
 * @throws {InputError} where columns, rows or labels are missing
 */
export function createEvaluator(
  name: string,
  data: EvaluatorData,
  options: Readonly<Record<string, unknown>> = {},
): Evaluator {
  const found = EVALUATOR_NAMES.find((known) => known === name || shortForm(known) === name);
  if (found === undefined) {
    const known = [...EVALUATOR_NAMES, ...EVALUATOR_NAMES.map(shortForm)];
    throw new UsageError(`Cannot create evaluator "${name}": unknown name; ${hint(name, known)}`);
  }
  return EVALUATORS[found](found, data, options);
}

function factory<Shape extends z.ZodRawShape>(
  shape: Shape,
  create: (
    name: string,
    data: EvaluatorData,
    options: z.infer<z.ZodObject<Shape, z.core.$strict>>,
  ) => Evaluator,
): Factory {
  const schema = z.strictObject(shape);
  return (name, data, options) => {
    const parsed = schema.safeParse(options);
    if (!parsed.success) {
      throw new UsageError(
        `Cannot create ${name}: ${optionFault(parsed.error, Object.keys(shape))}`,
      );
    }
    try {
      return create(name, data, parsed.data);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new UsageError(`Cannot create ${name}: ${cause.message}`, { cause });
    }
  };
}

function optionFault(error: z.ZodError, known: readonly string[]): string {
  const [issue] = error.issues;
  if (issue.code === "unrecognized_keys") {
    return `unknown option "${issue.keys[0]}"; ${hint(issue.keys[0], known)}`;
  }
  return `option "${issue.path.join(".")}": ${issue.message}`;
}

function hint(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return `${guess === null ? "" : `did you mean "${guess}"? `}known: ${known.join(", ")}`;
}

function shortForm(name: EvaluatorName): string {
  return name.replace(/Evaluator$/, "").replace(/\B[A-Z]/g, "_$&").toLowerCase();
}

function firstColumns(
  evaluator: string,
  { columns }: EvaluatorData,
  count: number,
): (readonly string[])[] {
  const names = [...columns.keys()];
  if (names.length < count) {
    throw new InputError(
      `Cannot create ${evaluator}: found ${names.length} text columns` +
        `${names.length === 0 ? "" : ` ("${names.join('", "')}")`}, wanted at least ${count}`,
    );
  }
  const first = [...columns.values()].slice(0, count);
  const ragged = first.findIndex((texts) => texts.length !== first[0].length);
  if (ragged >= 0) {
    throw new InputError(
      `Cannot create ${evaluator}: column "${names[ragged]}" has ${first[ragged].length} rows, ` +
        `wanted ${first[0].length} as in column "${names[0]}"`,
    );
  }
  return first;
}

function shared(options: z.infer<z.ZodObject<typeof common>>) {
  return {
    name: options.name,
    scoreFunctions: options.score_functions,
    mainScoreFunction: options.main_score_function,
  };
}
