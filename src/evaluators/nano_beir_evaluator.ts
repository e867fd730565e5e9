/**
 * Measures retrieval on the small versions of the BEIR datasets.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { csvFileName, csvRecords } from "./csv_log.ts";
import { checkTruncateDim } from "./embed.ts";
import type { Embedder } from "./embedder.ts";
import { type CsvRecord, type EvaluationResult, type Evaluator, metricKey } from "./evaluator.ts";
import {
  InformationRetrievalEvaluator,
  type RetrievalSettings,
} from "./information_retrieval_evaluator.ts";
import { rankingCsvColumns, type RankingCutoffs, rankingCutoffs } from "./ranking_metrics.ts";
import type { RetrievalData } from "./retrieval_task.ts";
import { ScoreFunctions } from "./score_functions.ts";
import type { Similarity } from "./similarity.ts";

/** The datasets of NanoBEIR: short name, and the name in metric keys and of folders. */
export const NANO_BEIR_DATASETS: Readonly<Record<string, string>> = {
  climatefever: "NanoClimateFEVER",
  dbpedia: "NanoDBPedia",
  fever: "NanoFEVER",
  fiqa2018: "NanoFiQA2018",
  hotpotqa: "NanoHotpotQA",
  msmarco: "NanoMSMARCO",
  nfcorpus: "NanoNFCorpus",
  nq: "NanoNQ",
  quoraretrieval: "NanoQuoraRetrieval",
  scidocs: "NanoSCIDOCS",
  arguana: "NanoArguAna",
  scifact: "NanoSciFact",
  touche2020: "NanoTouche2020",
};

/** Where the datasets come from. */
export interface RetrievalSource {
  /**
   * Gives one dataset.
   *
   * @param name such as `NanoMSMARCO`
   */
  read(name: string): Promise<RetrievalData>;
}

/** Prompts: one for all datasets, or one for each by the name that `datasetNames` has. */
export type DatasetPrompts = string | Readonly<Record<string, string>>;

/** What a {@linkcode NanoBEIREvaluator} measures with. */
export interface NanoBEIROptions
  extends Omit<RetrievalSettings, "name" | "queryPrompt" | "corpusPrompt"> {
  /** Where the datasets come from; each is read at the first evaluation, and kept. */
  readonly source: RetrievalSource;
  /** Short names of datasets, such as `msmarco`, in upper or lower case; all where not given. */
  readonly datasetNames?: readonly string[];
  /** What to put before queries. */
  readonly queryPrompts?: DatasetPrompts;
  /** What to put before documents. */
  readonly corpusPrompts?: DatasetPrompts;
  /** Makes one number of a metric's values for all datasets; their mean where not given. */
  readonly aggregate?: (values: readonly number[]) => number;
  /** What the aggregate is called in metric keys and in the file name; `mean` where not given. */
  readonly aggregateKey?: string;
}

/**
 * Runs an {@linkcode InformationRetrievalEvaluator} on each dataset and aggregates.
 *
 * Keys: `Nano{Dataset}_{similarity}_{metric}` for each dataset, then
 * `NanoBEIR_{aggregate}_{similarity}_{metric}`, with `_{truncateDim}` behind both names where embeddings
 * are cut; primary: `NanoBEIR_{aggregate}_{similarity}_ndcg@` the largest k. Each dataset has its own CSV
 * file, the aggregate has `NanoBEIR_evaluation_{aggregate}_results.csv`.
 *
 * Source: sentence-transformers, `NanoBEIREvaluator`, which fetches its datasets.
 */
export class NanoBEIREvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly #options: NanoBEIROptions;
  readonly #datasetNames: readonly string[];
  readonly #cutoffs: RankingCutoffs;
  readonly #scoreFunctions: ScoreFunctions;
  #evaluators: readonly InformationRetrievalEvaluator[] | undefined;
  #main: Similarity | undefined;

  /**
   * Takes the source; reads nothing yet.
   *
   * @param options source, datasets and how to measure
   * @throws {UsageError} where a dataset is unknown, none is named, or one has no prompt
   * @throws {RangeError} where a cutoff or the width is not an integer of at least 1
   */
  constructor(options: NanoBEIROptions) {
    const { aggregateKey = "mean", truncateDim } = options;
    checkTruncateDim(truncateDim);
    this.#options = options;
    this.#datasetNames = checkNames(options.datasetNames ?? Object.keys(NANO_BEIR_DATASETS));
    checkPrompts(options, this.#datasetNames);
    this.#cutoffs = rankingCutoffs(options);
    this.#scoreFunctions = new ScoreFunctions(options);
    this.#main = this.#scoreFunctions.main;
    this.name = cutName(`NanoBEIR_${aggregateKey}`, truncateDim);
    this.csvFile = csvFileName("NanoBEIR_evaluation", aggregateKey);
  }

  get primaryMetric(): string {
    return metricKey(this.name, this.#ndcgKey(this.#main ?? this.#sortedNames[0]));
  }

  get csvHeader(): readonly string[] {
    const columns = rankingCsvColumns(this.#cutoffs);
    return this.#sortedNames.flatMap((fn) => columns.map(([_key, column]) => `${fn}-${column}`));
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    this.#evaluators ??= await this.#load(scoreFunctions);
    const metrics: Record<string, number> = {};
    const further: CsvRecord[] = [];
    const values = new Map<string, number[]>();
    for (const evaluator of this.#evaluators) {
      const result = await evaluator.evaluate(embedder);
      for (const [key, value] of Object.entries(result.metrics)) {
        metrics[key] = value;
        const metric = key.slice(evaluator.name.length + 1);
        values.set(metric, [...values.get(metric) ?? [], value]);
      }
      further.push(...csvRecords(evaluator, result));
    }
    const { aggregate = mean } = this.#options;
    for (const [metric, each] of values) metrics[metricKey(this.name, metric)] = aggregate(each);
    const valueOf = (metric: string): number => metrics[metricKey(this.name, metric)];
    this.#main ??= this.#sortedNames.reduce((best, fn) =>
      valueOf(this.#ndcgKey(fn)) > valueOf(this.#ndcgKey(best)) ? fn : best
    );
    const columns = rankingCsvColumns(this.#cutoffs);
    const csvRow = this.#sortedNames.flatMap((fn) =>
      columns.map(([key]) => valueOf(`${fn}_${key}`))
    );
    return { metrics, csvRow, further };
  }

  get #sortedNames(): readonly Similarity[] {
    return this.#scoreFunctions.names.toSorted();
  }

  #ndcgKey(fn: Similarity): string {
    return `${fn}_ndcg@${Math.max(...this.#cutoffs.ndcgAtK)}`;
  }

  async #load(
    scoreFunctions: readonly Similarity[],
  ): Promise<readonly InformationRetrievalEvaluator[]> {
    const { source, queryPrompts, corpusPrompts, truncateDim } = this.#options;
    const evaluators: InformationRetrievalEvaluator[] = [];
    for (const dataset of this.#datasetNames) {
      const name = NANO_BEIR_DATASETS[dataset.toLowerCase()];
      evaluators.push(
        new InformationRetrievalEvaluator({
          ...this.#options,
          ...await source.read(name),
          name: cutName(name, truncateDim),
          scoreFunctions,
          queryPrompt: promptFor(dataset, queryPrompts),
          corpusPrompt: promptFor(dataset, corpusPrompts),
        }),
      );
    }
    return evaluators;
  }
}

/**
 * The names that datasets have in metric keys and as folders.
 *
 * @param datasetNames short names, in upper or lower case; all where not given
 * @throws {UsageError} where one is unknown, or none is named
 */
export function nanoBeirNames(datasetNames?: readonly string[]): string[] {
  const names = datasetNames ?? Object.keys(NANO_BEIR_DATASETS);
  return checkNames(names).map((name) => NANO_BEIR_DATASETS[name.toLowerCase()]);
}

function cutName(name: string, truncateDim: number | undefined): string {
  return truncateDim === undefined ? name : `${name}_${truncateDim}`;
}

function promptFor(dataset: string, prompts: DatasetPrompts | undefined): string | undefined {
  return typeof prompts === "object" ? prompts[dataset] : prompts;
}

function checkNames(names: readonly string[]): readonly string[] {
  if (names.length === 0) {
    throw new UsageError(
      "Cannot evaluate on NanoBEIR: dataset_names cannot be empty; leave it out for all datasets",
    );
  }
  const known = Object.keys(NANO_BEIR_DATASETS);
  const unknown = names.filter((name) => !Object.hasOwn(NANO_BEIR_DATASETS, name.toLowerCase()));
  if (unknown.length > 0) {
    const guess = nearest(unknown[0], known);
    throw new UsageError(
      `Cannot evaluate on NanoBEIR: Dataset(s) ${
        listed(unknown)
      } are not valid NanoBEIR datasets. ` +
        `Valid dataset names are: ${listed(known)}${
          guess === null ? "" : `; the nearest is ${guess}`
        }`,
    );
  }
  return names;
}

function checkPrompts(
  { queryPrompts, corpusPrompts }: NanoBEIROptions,
  names: readonly string[],
): void {
  for (const [kind, prompts] of Object.entries({ query: queryPrompts, corpus: corpusPrompts })) {
    if (typeof prompts !== "object") continue;
    const missing = names.filter((name) => !Object.hasOwn(prompts, name));
    if (missing.length === 0) continue;
    throw new UsageError(
      `Cannot evaluate on NanoBEIR: The following datasets are missing ${kind} prompts: ` +
        `${listed(missing)}; give one prompt for all, or one for each`,
    );
  }
}

function listed(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
