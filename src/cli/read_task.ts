/**
 * What a run trains on and is judged by, as a command line says.
 *
 * @module
 */
import { join } from "@std/path";
import { columnWarnings } from "../data/column_warnings.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Communicator } from "../distributed/communicator.ts";
import { SingleProcess } from "../distributed/single_process.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { LabelClassifier } from "../evaluators/label_accuracy_evaluator.ts";
import { cacheFolder } from "../io/cache_folder.ts";
import type { SentenceTransformerTrainingArguments } from "../train/arguments/sentence_transformer_training_arguments.ts";
import { dispatchDatasets } from "../train/parallel/dispatch_datasets.ts";
import { createEvaluators } from "./create_evaluators.ts";
import { defaultJob } from "./default_job.ts";
import { readDatasets } from "./read_datasets.ts";
import type { RunInputs } from "./run_inputs.ts";

/** What a run trains on and is judged by. */
export interface Task {
  /** Rows to train on. */
  readonly train: readonly Dataset[];
  /** Rows whose loss is measured. */
  readonly evaluation: readonly Dataset[];
  /** Rows that evaluators alone look at: they may fit no loss. */
  readonly judging: readonly Dataset[];
  /** Evaluators. */
  readonly evaluators: readonly Evaluator[];
  /** Metrics of a rival without training, or null. */
  readonly baseline: Readonly<Record<string, number>> | null;
}

/**
 * Reads the datasets, or makes the job that is done without one; says what is odd about them.
 *
 * @param inputs Flags.
 * @param args Which columns hold labels and lengths, and whether others may be left out.
 * @param options Who is told of what is odd, what classifies pairs, if anything does, and the processes, of
 *   which with `dispatch_batches` the first alone reads.
 * @returns Datasets and evaluators.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For data that cannot be read.
 */
export async function readTask(
  { own }: RunInputs,
  args: SentenceTransformerTrainingArguments,
  { warn, classifier, communicator = new SingleProcess() }: {
    warn: (line: string) => void;
    classifier?: LabelClassifier;
    communicator?: Communicator;
  },
): Promise<Task> {
  const columns = own.get("columns")?.at(-1);
  const options = {
    labelColumns: args.labelNames ?? undefined,
    dropOtherColumns: args.removeUnusedColumns ?? true,
    lengthColumn: args.groupByLength ? args.lengthColumnName : null,
    ...(own.has("streaming") && { streaming: true }),
    indexDirectory: indexDirectory(),
  };
  const { batchSampler } = args;
  const read = async (files: readonly string[] = [], whole = true) => {
    const readHere = async () => {
      const datasets = await readDatasets(files, columns, options);
      for (const line of datasets.flatMap(oddities)) warn(line);
      return datasets;
    };
    if (!args.dispatchBatches || files.length === 0) return await readHere();
    return await dispatchDatasets(communicator, readHere, { batchSampler, whole });
  };
  const evaluation = await read(own.get("eval-dataset"));
  const judging = await read(own.get("evaluator-dataset"));
  const specs = own.get("evaluator") ?? [];
  if (judging.length > 0 && specs.length === 0) {
    throw new UsageError("Cannot use --evaluator-dataset without --evaluator; give both");
  }
  const evaluators = createEvaluators(specs, judging.length > 0 ? judging : evaluation, {
    classifier,
  });
  const judged = { evaluation, judging, evaluators, baseline: null };
  if (own.has("train-dataset")) {
    return { train: await read(own.get("train-dataset"), false), ...judged };
  }
  if (columns !== undefined && evaluation.length === 0) {
    throw new UsageError("Cannot use --columns: there is no dataset; give --train-dataset FILE");
  }
  const { train, evaluator, baseline } = await defaultJob();
  return evaluators.length > 0 || evaluation.length > 0
    ? { train: [train], ...judged }
    : { train: [train], ...judged, evaluators: [evaluator], baseline };
}

function indexDirectory(): string | null {
  const folder = cacheFolder();
  return folder && join(folder, "rows");
}

function oddities(dataset: Dataset): string[] {
  const { name, droppedColumns } = dataset;
  const dropped = droppedColumns.length === 0 ? [] : [
    `Dataset "${name}" has columns without texts, which are left out: ${droppedColumns.join(", ")}`,
  ];
  return [...dropped, ...columnWarnings(dataset)];
}
