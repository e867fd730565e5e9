/**
 * What a model card tells, as plain data.
 *
 * @module
 */
import type { Similarity } from "../evaluators/similarity.ts";
import type { ModuleConfig } from "./module_config.ts";
import type { LogEntry } from "./trainer_state.ts";

/** How a column of a dataset spreads. */
export interface ColumnStatistics {
  /** What is counted: "tokens" for text, "" for numbers. */
  readonly unit: string;
  /** The least value. */
  readonly minimum: number;
  /** The mean value. */
  readonly mean: number;
  /** The greatest value. */
  readonly maximum: number;
}

/** How often each class occurs in a column that counts classes. */
export interface ClassStatistics {
  /** Shares from 0 to 1 of the classes that occur, by name, in the order of their numbers. */
  readonly shares: ReadonlyMap<string, number>;
}

/** A column of a dataset. */
export interface ColumnFacts {
  /** Its name. */
  readonly name: string;
  /** "string", "int", "float", "class" or the like. */
  readonly type: string;
  /** Its spread, or null when it was not measured. */
  readonly statistics: ColumnStatistics | ClassStatistics | null;
}

/** A loss as it was configured. */
export interface LossFacts {
  /** Its name, as "MultipleNegativesRankingLoss". */
  readonly name: string;
  /** Its options. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The paper in BibTeX, or null when it has none. */
  readonly citation: string | null;
}

/** A dataset that was trained on or evaluated with. */
export interface DatasetFacts {
  /** Its name. */
  readonly name: string;
  /** Number of rows. */
  readonly size: number;
  /** Its columns, in order. */
  readonly columns: readonly ColumnFacts[];
  /** How many rows, from the first on, the statistics come from. */
  readonly measuredRows: number;
  /** A few rows: values in the order of the columns. */
  readonly samples: readonly (readonly (string | number | boolean | null)[])[];
  /** The loss that this dataset is trained or evaluated with. */
  readonly loss: LossFacts;
}

/** The result of an evaluator on the finished model. */
export interface EvaluationFacts {
  /** What is measured, as "Semantic Similarity". */
  readonly task: string;
  /** The dataset that it is measured on. */
  readonly dataset: string;
  /** Name of the evaluator, as "EmbeddingSimilarityEvaluator". */
  readonly evaluator: string;
  /** Values by metric, without the dataset's name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The metric that counts, or null. */
  readonly primaryMetric: string | null;
}

/** Everything that a model card tells. */
export interface ModelCardFacts {
  /** Title. */
  readonly name: string;
  /** The hub's id of the model that training began with; null for random weights or a local path. */
  readonly baseModel: string | null;
  /** Language codes, as "en". */
  readonly languages: readonly string[];
  /** Licence identifier, as "apache-2.0", or null. */
  readonly license: string | null;
  /** The first module, and the architecture of an encoder: "Transformer: bert". */
  readonly encoder: string;
  /** Number of parameters. */
  readonly parameterCount: number;
  /** Tokens after which a text is cut, or null. */
  readonly maxSequenceLength: number | null;
  /** Length of an embedding. */
  readonly dimension: number;
  /** How embeddings are compared. */
  readonly similarity: Similarity;
  /** The modules that follow the first one, in order. */
  readonly modules: readonly ModuleConfig[];
  /** Results on the finished model. */
  readonly evaluations: readonly EvaluationFacts[];
  /** What the model was trained on. */
  readonly trainingDatasets: readonly DatasetFacts[];
  /** What the loss was evaluated on. */
  readonly evaluationDatasets: readonly DatasetFacts[];
  /** Training arguments that differ from their default. */
  readonly nonDefaultArguments: Readonly<Record<string, unknown>>;
  /** All training arguments. */
  readonly allArguments: Readonly<Record<string, unknown>>;
  /** The log as `trainer_state.json` holds it. */
  readonly logHistory: readonly LogEntry[];
  /** Step of the saved model if it is the best of several, else null. */
  readonly bestStep: number | null;
  /** Name of the adapter that trained, or null. */
  readonly adapter: string | null;
  /** Seconds of training, or null. */
  readonly trainingSeconds: number | null;
  /** Versions by name of program or library. */
  readonly versions: Readonly<Record<string, string>>;
}
