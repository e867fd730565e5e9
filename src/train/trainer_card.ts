/**
 * What the model card of a run tells.
 *
 * @module
 */
import type { Dataset, Label } from "../data/dataset.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { host } from "../host/host.ts";
import { firstModule } from "../io/model_modules.ts";
import { modelCard } from "../io/model_card.ts";
import type {
  ColumnFacts,
  DatasetFacts,
  EvaluationFacts,
  LossFacts,
} from "../io/model_card_facts.ts";
import type { LogEntry } from "../io/trainer_state.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { RunSetup } from "./run_setup.ts";
import type { TrainerState } from "./state.ts";
import { VERSION } from "../version.ts";

/** Rows that statistics come from, as upstream. */
const MEASURED_ROWS = 1000;
const SAMPLES = 3;

const TASKS: Readonly<Record<string, string>> = {
  EmbeddingSimilarityEvaluator: "Semantic Similarity",
  InformationRetrievalEvaluator: "Information Retrieval",
  TripletEvaluator: "Triplet",
};

/**
 * Writes the model card of a run.
 *
 * @param setup What the run works with, and how it trains.
 * @param state Where it stands.
 * @param trainingSeconds Seconds spent so far.
 * @returns The text of `README.md`.
 */
export function trainerCard(
  { args, inputs, trainDatasets, evalDatasets, lossFor, evaluators }: RunSetup,
  state: TrainerState,
  trainingSeconds: number,
): string {
  const { model } = inputs;
  const { settings, config } = model;
  const isStatic = firstModule(config) === "StaticEmbedding";
  const factsOf = (dataset: Dataset) => {
    const { name, config, citation } = lossFor(dataset);
    return datasetFacts(model, dataset, { name, config, citation });
  };
  const { runtime } = host().process;
  return modelCard({
    name: inputs.modelName ?? "SentenceTransformer",
    baseModel: null,
    languages: [],
    license: null,
    encoder: isStatic ? "StaticEmbedding" : `Transformer: ${config.model_type}`,
    parameterCount: model.store.size,
    maxSequenceLength: isStatic ? null : model.maxSequenceLength,
    dimension: model.dimension,
    similarity: model.similarity,
    modules: settings.modules,
    evaluations: evaluationFacts(evaluators, state.logHistory),
    trainingDatasets: trainDatasets.datasets.map(factsOf),
    evaluationDatasets: evalDatasets.map(factsOf),
    nonDefaultArguments: args.nonDefaults(),
    allArguments: args.toJson(),
    logHistory: state.logHistory,
    bestStep: args.loadBestModelAtEnd ? state.best?.step ?? null : null,
    adapter: model.gpu.info.description,
    trainingSeconds,
    versions: { sentrain: VERSION, [runtime.name]: runtime.version },
  });
}

/** The latest results in the log. */
function evaluationFacts(
  evaluators: readonly Evaluator[],
  log: readonly LogEntry[],
): EvaluationFacts[] {
  return evaluators.flatMap((evaluator) => {
    const prefix = evaluator.name === "" ? "eval_" : `eval_${evaluator.name}_`;
    const primary = `eval_${evaluator.primaryMetric}`;
    const entry = log.findLast((candidate) => primary in candidate);
    if (entry === undefined) return [];
    const kind = evaluator.constructor.name;
    const metrics = Object.entries(entry).filter(([key]) =>
      key.startsWith(prefix) && !/^eval_(loss|runtime|(samples|steps)_per_second)$/.test(key)
    ).map(([key, value]) => [key.slice(prefix.length), Number(value)]);
    return [{
      task: TASKS[kind] ?? kind,
      dataset: evaluator.name || "evaluation",
      evaluator: kind,
      metrics: Object.fromEntries(metrics),
      primaryMetric: primary.slice(prefix.length),
    }];
  });
}

function datasetFacts(model: SentenceTransformer, dataset: Dataset, loss: LossFacts): DatasetFacts {
  const rows = Math.min(MEASURED_ROWS, dataset.length);
  const columns: ColumnFacts[] = dataset.columns.map((name) => {
    const texts = dataset.text(name);
    const lengths = Array.from({ length: rows }, (_, row) => model.tokenize(texts.at(row)!).length);
    return { name, type: "string", statistics: { unit: "tokens", ...spread(lengths) } };
  });
  const labels = dataset.labels?.slice(0, rows);
  if (labels !== undefined) columns.push(labelFacts(dataset, labels));
  return {
    name: dataset.name,
    size: dataset.length,
    columns,
    measuredRows: rows,
    samples: Array.from({ length: Math.min(SAMPLES, dataset.length) }, (_, row) => [
      ...dataset.columns.map((name) => dataset.text(name).at(row)!),
      ...(dataset.labels === null ? [] : [shownLabel(dataset, dataset.labels[row])]),
    ]),
    loss,
  };
}

function labelFacts(dataset: Dataset, labels: readonly Label[]): ColumnFacts {
  const name = dataset.labelColumn!;
  if (Array.isArray(labels[0])) return { name, type: "list", statistics: null };
  const numbers = labels as number[];
  if (dataset.classNames === null) {
    return { name, type: "float", statistics: { unit: "", ...spread(numbers) } };
  }
  const counts = Map.groupBy(numbers.toSorted((a, b) => a - b), (label) => label);
  const shares = counts.entries().map(([label, { length }]): [string, number] => [
    shownLabel(dataset, label),
    length / numbers.length,
  ]);
  return { name, type: "class", statistics: { shares: new Map(shares) } };
}

/** A label and, where the dataset tells, what it means. */
function shownLabel({ classNames }: Dataset, label: Label): string {
  const name = typeof label === "number" ? classNames?.[label] : undefined;
  return name === undefined ? JSON.stringify(label) : `${label} (${name})`;
}

function spread(values: readonly number[]): { minimum: number; mean: number; maximum: number } {
  return {
    minimum: values.reduce((a, b) => Math.min(a, b)),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    maximum: values.reduce((a, b) => Math.max(a, b)),
  };
}
