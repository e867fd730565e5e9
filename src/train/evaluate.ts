/**
 * Evaluating a model in a run: the loss on held-out rows, and evaluators.
 *
 * @module
 */
import { join } from "@std/path";
import { ConcatDataset } from "../data/concat_dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { OutputError } from "../errors.ts";
import { csvHeaderLine, csvRowLine } from "../evaluators/csv_log.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { Tape } from "../ops/tape.ts";
import { prepareBatch } from "./prepare_batch.ts";
import { lossOf } from "./train_step.ts";

/** What to evaluate with. */
export interface EvaluateInputs {
  /** The model. */
  model: SentenceTransformer;
  /** Held-out rows whose loss is measured. */
  datasets: readonly Dataset[];
  /** The objective; null where no loss is measured. */
  loss: Loss | null;
  /** Rows of a batch. */
  batchSize: number;
  /** Whether a last batch with fewer rows is left out. */
  dropLast: boolean;
  /** Evaluators. */
  evaluators: readonly Evaluator[];
  /** Directory of the CSV files; null for none. */
  csvDirectory: string | null;
  /** Epochs and steps done, for the CSV files. */
  epoch: number;
  /** Steps done, for the CSV files. */
  step: number;
}

/**
 * Runs an evaluation.
 *
 * @param inputs Model, rows, evaluators.
 * @returns Metrics with upstream's keys: `eval_loss` (`eval_DATASET_loss` of several), `eval_NAME_METRIC`, `eval_runtime` in seconds.
 * @throws {OutputError} If a CSV file cannot be written.
 */
export async function evaluate(inputs: EvaluateInputs): Promise<Record<string, number>> {
  const { model, datasets, loss, evaluators, csvDirectory, epoch, step } = inputs;
  const started = performance.now();
  const metrics: Record<string, number> = {};
  for (const dataset of loss === null ? [] : datasets) {
    const key = datasets.length === 1 ? "eval_loss" : `eval_${dataset.name}_loss`;
    metrics[key] = await meanLoss(inputs, dataset, loss!);
  }
  for (const evaluator of evaluators) {
    const { metrics: found, csvRow } = await evaluator.evaluate(model);
    for (const [key, value] of Object.entries(found)) metrics[`eval_${key}`] = value;
    if (csvDirectory !== null) {
      const file = join(csvDirectory, evaluator.csvFile);
      await appendRow(file, csvHeaderLine(evaluator.csvHeader), csvRowLine(epoch, step, csvRow));
    }
  }
  metrics.eval_runtime = (performance.now() - started) / 1000;
  const rows = datasets.reduce((sum, { length }) => sum + length, 0);
  if (rows > 0) {
    metrics.eval_samples_per_second = rows / metrics.eval_runtime;
    metrics.eval_steps_per_second = Math.ceil(rows / inputs.batchSize) / metrics.eval_runtime;
  }
  return metrics;
}

/** Every batch counts by its rows, as upstream. */
async function meanLoss(inputs: EvaluateInputs, dataset: Dataset, loss: Loss): Promise<number> {
  const { model, batchSize, dropLast } = inputs;
  const starts: number[] = [];
  for (let row = 0; row < dataset.length; row += batchSize) {
    if (!dropLast || row + batchSize <= dataset.length) starts.push(row);
  }
  const line = new ConcatDataset([dataset]);
  const losses = model.gpu.tensor([Math.max(1, starts.length)], "losses");
  const rows: number[] = [];
  for (const [i, start] of starts.entries()) {
    const count = Math.min(batchSize, dataset.length - start);
    const batch = prepareBatch(
      model,
      line,
      Uint32Array.from({ length: count }, (_, row) => start + row),
    );
    const tape = new Tape(model.gpu);
    model.gpu.recorder.copyInto(lossOf(tape, model, loss, batch), losses, i);
    tape.end();
    model.gpu.recorder.submit();
    rows.push(count);
  }
  const values = await model.gpu.read(losses);
  model.gpu.release(losses);
  const total = rows.reduce((sum, count) => sum + count, 0);
  return rows.reduce((sum, count, i) => sum + values[i] * count, 0) / total;
}

async function appendRow(file: string, header: string, row: string): Promise<void> {
  try {
    await Deno.mkdir(join(file, ".."), { recursive: true });
    const exists = await Deno.stat(file).then(() => true, () => false);
    await Deno.writeTextFile(file, exists ? row : header + row, { append: true });
  } catch (error) {
    throw new OutputError(`Cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}
