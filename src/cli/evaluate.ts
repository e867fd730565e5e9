/**
 * The command `evaluate`.
 *
 * @module
 */
import { TokenizerPool } from "../data/tokenizer_pool.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import { openGpu } from "../io/open_gpu.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { OwnFlag } from "../train/arguments/flags.ts";
import { evaluate as evaluateModel } from "../train/evaluate.ts";
import { createEvaluators } from "./create_evaluators.ts";
import { defaultJob } from "./default_job.ts";
import { downloadLines } from "./download_lines.ts";
import { metricsTable } from "./metrics_table.ts";
import { positiveInteger } from "./positive_integer.ts";
import { readDatasets } from "./read_datasets.ts";
import { type CommandLine, readFlags } from "./read_flags.ts";

const FLAGS = {
  model: { takes: "text" },
  "eval-dataset": { takes: "texts" },
  columns: { takes: "text" },
  evaluator: { takes: "texts" },
  "max-seq-length": { takes: "text" },
  "output-dir": { takes: "text" },
} as const satisfies Record<string, OwnFlag>;

type Flags = CommandLine<keyof typeof FLAGS>["flags"];

/**
 * Measures a model with evaluators; without a dataset, on WordNet entry linking.
 *
 * @param tokens The command line after `evaluate`.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For data or a model that cannot be read.
 * @throws {OutputError} If a CSV file cannot be written.
 */
export async function evaluate(tokens: readonly string[]): Promise<void> {
  const { flags, rest } = readFlags("evaluate", tokens, FLAGS);
  if (rest.length > 0) {
    throw new UsageError(`Cannot read "${rest[0]}": it follows no flag; put the flag before it`);
  }
  const path = flags.get("model")?.at(-1);
  if (path === undefined) {
    throw new UsageError("Cannot evaluate: give the model, --model DIR or ORG/NAME");
  }
  const maxSequenceLength = positiveInteger("max-seq-length", flags.get("max-seq-length")?.at(-1));
  const csvDirectory = flags.get("output-dir")?.at(-1) ?? null;
  const { evaluators, baseline } = await readTask(flags);
  const gpu = await openGpu();
  try {
    const model = await SentenceTransformer.load(gpu, path, {
      maxSequenceLength,
      onDownload: downloadLines(),
    });
    if (csvDirectory !== null) await ensureWritableDirectory(csvDirectory);
    const metrics = await evaluateModel({
      maker: { model, pool: new TokenizerPool(model.tokenizer, 0) },
      models: { model },
      datasets: [],
      lossFor: () => {
        throw new TypeError("Cannot measure a loss: there are no rows");
      },
      batchSize: 1,
      dropLast: false,
      accumulationSteps: null,
      precision: "f32",
      evaluators,
      csvDirectory,
      epoch: -1,
      step: -1,
    });
    console.log(metricsTable(baseline, null, metrics));
  } finally {
    gpu.destroy();
  }
}

async function readTask(
  flags: Flags,
): Promise<{ evaluators: Evaluator[]; baseline: Readonly<Record<string, number>> | null }> {
  const files = flags.get("eval-dataset") ?? [];
  const specs = flags.get("evaluator") ?? [];
  if (files.length > 0 && specs.length === 0) {
    throw new UsageError("Cannot evaluate: give the evaluator, --evaluator NAME");
  }
  const columns = flags.get("columns")?.at(-1);
  if (specs.length > 0) {
    const datasets = await readDatasets(files, columns);
    return { evaluators: createEvaluators(specs, datasets), baseline: null };
  }
  if (columns !== undefined) {
    throw new UsageError("Cannot use --columns: there is no dataset; give --eval-dataset FILE");
  }
  const { evaluator, baseline } = await defaultJob();
  return { evaluators: [evaluator], baseline };
}
