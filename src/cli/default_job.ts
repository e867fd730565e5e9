/**
 * What `train` does without a dataset: WordNet entry linking with a small encoder.
 *
 * @module
 */
import { wordnetEntryLinking } from "../data/wordnet.ts";
import type { Dataset } from "../data/dataset.ts";
import { evaluateBm25 } from "../evaluators/bm25.ts";
import { InformationRetrievalEvaluator } from "../evaluators/information_retrieval_evaluator.ts";
import { cacheFolder } from "../io/cache_folder.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";

/** Training arguments that suit the job on a software adapter with two cores. */
export const JOB_ARGUMENTS: Partial<ArgumentValues> = {
  numTrainEpochs: 0.4,
  perDeviceTrainBatchSize: 64,
  perDeviceEvalBatchSize: 64,
  warmupRatio: 0.1,
  batchSampler: "no_duplicates",
  loggingSteps: 20,
  evaluationStrategy: "steps",
  evalSteps: 0.34,
  saveStrategy: "steps",
  saveSteps: 0.5,
  saveTotalLimit: 2,
};

/** Training arguments that suit weights that begin at random. */
export const NEW_MODEL_ARGUMENTS: Partial<ArgumentValues> = { learningRate: 2e-3 };

/** Name of the evaluation in metric keys. */
const EVALUATION = "wordnet";

/** Rows, evaluator and baseline of the job. */
export interface DefaultJob {
  /** Definitions and the entries of the next wider meaning. */
  readonly train: Dataset;
  /** Finds the entries of definitions that were never trained on. */
  readonly evaluator: InformationRetrievalEvaluator;
  /** Metrics of BM25 on the same documents, by key without prefix, as `mrr@10`. */
  readonly baseline: Readonly<Record<string, number>>;
}

/** Reads WordNet; fetches it at first. */
export async function defaultJob(): Promise<DefaultJob> {
  const { train, evaluation: { queries, corpus, relevant } } = await wordnetEntryLinking({
    cacheDirectory: cacheFolder(),
  });
  const cutoffs = {
    accuracyAtK: [1],
    precisionRecallAtK: [1],
    mrrAtK: [10],
    ndcgAtK: [10],
    mapAtK: [100],
  };
  const bm25 = evaluateBm25(queries, corpus, relevant, cutoffs);
  return {
    train,
    evaluator: new InformationRetrievalEvaluator({
      name: EVALUATION,
      queries,
      corpus,
      relevant,
      ...cutoffs,
    }),
    baseline: Object.fromEntries(
      Object.entries(bm25).map(([key, value]) => [key.replace(/^bm25_/, ""), value]),
    ),
  };
}
