/**
 * The command `evaluate`.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { Gpu } from "../gpu/device.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { evaluate as evaluateModel } from "../train/evaluate.ts";
import { defaultJob } from "./default_job.ts";
import { metricsTable } from "./metrics_table.ts";
import { createEvaluators, readDatasets, readFlags } from "./run_inputs.ts";

const FLAGS = ["model", "eval-dataset", "columns", "evaluator", "output-dir"];

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
  if (rest.length > 0) throw new UsageError(`Cannot evaluate: "${rest[0]}" is no flag`);
  const path = flags.get("model")?.at(-1);
  if (path === undefined) throw new UsageError("Cannot evaluate: give the model, --model DIR");
  const { evaluators, baseline } = await readTask(flags);
  const gpu = await Gpu.request();
  try {
    const model = await SentenceTransformer.load(gpu, path);
    const metrics = await evaluateModel({
      model,
      datasets: [],
      loss: null,
      batchSize: 1,
      dropLast: false,
      evaluators,
      csvDirectory: flags.get("output-dir")?.at(-1) ?? null,
      epoch: -1,
      step: -1,
    });
    console.log(metricsTable(baseline, null, metrics));
  } finally {
    gpu.destroy();
  }
}

async function readTask(
  flags: ReadonlyMap<string, readonly string[]>,
): Promise<{ evaluators: Evaluator[]; baseline: Readonly<Record<string, number>> | null }> {
  const files = flags.get("eval-dataset") ?? [];
  const specs = flags.get("evaluator") ?? [];
  if (files.length > 0 && specs.length === 0) {
    throw new UsageError("Cannot evaluate: give the evaluator, --evaluator NAME");
  }
  if (specs.length > 0) {
    const datasets = await readDatasets(files, flags.get("columns")?.at(-1));
    return { evaluators: createEvaluators(specs, datasets), baseline: null };
  }
  const { evaluator, baseline } = await defaultJob();
  return { evaluators: [evaluator], baseline };
}
