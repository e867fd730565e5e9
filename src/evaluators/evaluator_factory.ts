/**
 * What the factories of evaluators share: a dataset, options that are checked, and their faults.
 *
 * @module
 */

import { z } from "zod";
import { InputError, UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Embedder } from "./embedder.ts";
import type { Evaluator } from "./evaluator.ts";
import type { LabelClassifier } from "./label_accuracy_evaluator.ts";
import type { RetrievalSource } from "./nano_beir_evaluator.ts";
import { SIMILARITIES, type Similarity } from "./similarity.ts";

/** The dataset of an evaluator, and what else some evaluators ask for. */
export interface EvaluatorData {
  /** The texts by column, in the order of the columns, equally many in each. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** One number a row, or `null` where the dataset has no label column, or several numbers a row. */
  readonly labels: readonly number[] | null;
  /** Several numbers a row, such as a teacher's embedding, where the label column holds them. */
  readonly vectors?: readonly (readonly number[])[] | null;
  /** The model whose embeddings are the goal. */
  readonly teacher?: Embedder;
  /** What tells the class of a pair of embeddings. */
  readonly classifier?: LabelClassifier;
  /** Opens a folder of retrieval datasets with these names; refuses it where one is missing. */
  readonly openFolder?: (folder: string, datasets: readonly string[]) => RetrievalSource;
}

/** Creates an evaluator over a dataset from options that are not checked yet. */
export type EvaluatorFactory = (name: string, data: EvaluatorData, options: unknown) => Evaluator;

/** A similarity by its name. */
export const similarity: z.ZodType<Similarity> = z.enum(SIMILARITIES);
/** A number of things, at least 1. */
export const count: z.ZodOptional<z.ZodInt> = z.int().min(1).optional();

/** Options of every evaluator. */
export const basics = { name: z.string().optional(), truncate_dim: count } as const;
/** Options of evaluators that compare by several similarities. */
export const comparing = {
  ...basics,
  score_functions: z.array(similarity).min(1).optional(),
  main_score_function: similarity.optional(),
} as const;

/** Checked {@linkcode comparing} options, and what upstream calls them elsewhere. */
export interface Comparing {
  /** The evaluator's name. */
  name?: string;
  /** How many dimensions are compared. */
  truncate_dim?: number;
  /** The similarities to compute. */
  score_functions?: Similarity[];
  /** The similarity of the primary metric. */
  main_score_function?: Similarity;
  /** `score_functions`, as evaluators of pairs and triplets name them. */
  similarity_fn_names?: Similarity[];
  /** `main_score_function`, as EmbeddingSimilarityEvaluator names it. */
  main_similarity?: Similarity;
  /** `main_score_function`, as TripletEvaluator names it. */
  main_similarity_function?: Similarity;
}

/**
 * The options that every comparing evaluator takes, as its constructor names them.
 *
 * @param options checked options
 */
export function compared(options: Comparing): {
  name?: string;
  truncateDim?: number;
  scoreFunctions?: readonly Similarity[];
  mainScoreFunction?: Similarity;
} {
  return {
    ...named(options),
    scoreFunctions: options.score_functions ?? options.similarity_fn_names,
    mainScoreFunction: options.main_score_function ?? options.main_similarity ??
      options.main_similarity_function,
  };
}

/**
 * The options that every evaluator takes, as its constructor names them.
 *
 * @param options checked options
 */
export function named(options: Pick<Comparing, "name" | "truncate_dim">): {
  name?: string;
  truncateDim?: number;
} {
  return { name: options.name, truncateDim: options.truncate_dim };
}

/**
 * A factory whose options are checked before it runs.
 *
 * @param shape the options by name
 * @param create makes the evaluator
 */
export function factory<Shape extends z.ZodRawShape>(
  shape: Shape,
  create: (
    name: string,
    data: EvaluatorData,
    options: z.infer<z.ZodObject<Shape, z.core.$strict>>,
  ) => Evaluator,
): EvaluatorFactory {
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

/**
 * What to say of an unknown name.
 *
 * @param name what was given
 * @param known what is known
 */
export function hint(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return `${guess === null ? "" : `did you mean "${guess}"? `}known: ${known.join(", ")}`;
}

/**
 * The texts of the first columns.
 *
 * @param evaluator who asks, for the message
 * @param data the dataset
 * @param least how many columns there must be at least
 * @returns all columns
 * @throws {InputError} where there are fewer, or one has more rows than another
 */
export function textColumns(
  evaluator: string,
  { columns }: EvaluatorData,
  least: number,
): (readonly string[])[] {
  const names = [...columns.keys()];
  if (names.length < least) {
    throw new InputError(
      `Cannot create ${evaluator}: found ${names.length} text columns` +
        `${names.length === 0 ? "" : ` ("${names.join('", "')}")`}, wanted at least ${least}`,
    );
  }
  const texts = [...columns.values()];
  const ragged = texts.findIndex(({ length }) => length !== texts[0].length);
  if (ragged >= 0) {
    throw new InputError(
      `Cannot create ${evaluator}: column "${names[ragged]}" has ${texts[ragged].length} rows, ` +
        `wanted ${texts[0].length} as in column "${names[0]}"`,
    );
  }
  return texts;
}

/**
 * The labels of a dataset.
 *
 * @param evaluator who asks, for the message
 * @param data the dataset
 * @param wanted what a label is, for the message, as "a score for each pair of texts"
 * @throws {InputError} where there are none
 */
export function labelsOf(
  evaluator: string,
  { labels }: EvaluatorData,
  wanted: string,
): readonly number[] {
  if (labels !== null) return labels;
  throw new InputError(
    `Cannot create ${evaluator}: the dataset has no labels, wanted ${wanted}; ` +
      `add a column "label" or "score"`,
  );
}

/**
 * Something beside rows that an evaluator cannot do without.
 *
 * @param evaluator who asks, for the message
 * @param part what there is
 * @param what what it is called
 * @throws {UsageError} where it is not there
 */
export function needed<Part>(evaluator: string, part: Part | undefined, what: string): Part {
  if (part !== undefined) return part;
  throw new UsageError(
    `Cannot create ${evaluator}: it needs ${what}, which a command line cannot give; ` +
      "create it in a program",
  );
}

function optionFault(error: z.ZodError, known: readonly string[]): string {
  const [issue] = error.issues;
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    return `unknown option "${issue.keys[0]}"; ${hint(issue.keys[0], known)}`;
  }
  return `option "${issue.path.join(".")}": ${issue.message}`;
}
