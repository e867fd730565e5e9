/**
 * Evaluating a model in a run: the loss on held-out rows, and evaluators.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { OutputError } from "../errors.ts";
import { csvHeaderLine, csvRowLine } from "../evaluators/csv_log.ts";
import type { Embedder } from "../evaluators/embedder.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Loss } from "../losses/loss.ts";
import { type Precision, Tape } from "../ops/tape.ts";
import type { EvaluationPlace } from "./callbacks/callback.ts";
import { type BatchMaker, prepareBatch } from "./prepare_batch.ts";
import { lossOf } from "./train_step.ts";

/** What to evaluate with. */
export interface EvaluateInputs {
  /** Turns rows into batches; its model is evaluated. */
  maker: BatchMaker;
  /** Held-out rows whose loss is measured. */
  datasets: readonly Dataset[];
  /** The objective of each of them. */
  lossFor: (dataset: Dataset) => Loss;
  /** Rows of a batch. */
  batchSize: number;
  /** Whether a last batch with fewer rows is left out. */
  dropLast: boolean;
  /** Batches whose losses stay on the GPU before they are read; null for all. */
  accumulationSteps: number | null;
  /** How the operands of linear layers are stored. */
  precision: Precision;
  /** Evaluators. */
  evaluators: readonly Evaluator[];
  /** Directory of the CSV files; null for none. */
  csvDirectory: string | null;
  /** Epochs and steps done, for the CSV files. */
  epoch: number;
  /** Steps done, for the CSV files. */
  step: number;
  /** Told after every batch. */
  onBatch?: (place: EvaluationPlace) => Promise<void>;
}

/**
 * Runs an evaluation.
 *
 * @param inputs Model, rows, evaluators.
 * @returns Metrics with upstream's keys: `eval_loss`, of several datasets also `eval_DATASET_loss`,
 *   with `eval_loss` their mean over all rows; `eval_NAME_METRIC`; `eval_runtime` in seconds.
 * @throws {OutputError} If a CSV file cannot be written.
 */
export async function evaluate(inputs: EvaluateInputs): Promise<Record<string, number>> {
  const { maker: { model }, datasets, evaluators, csvDirectory, epoch, step } = inputs;
  const started = performance.now();
  const metrics: Record<string, number> = {};
  let sum = 0;
  let rows = 0;
  let batches = 0;
  for (const dataset of datasets) {
    const found = await sumOfLosses(inputs, dataset);
    if (datasets.length > 1) metrics[`eval_${dataset.name}_loss`] = found.sum / found.rows;
    sum += found.sum;
    rows += found.rows;
    batches += found.batches;
  }
  if (datasets.length > 0) metrics.eval_loss = sum / rows;
  const embedder: Embedder = {
    similarity: model.similarity,
    encode: (texts) => model.encode(texts, { precision: inputs.precision }),
  };
  for (const evaluator of evaluators) {
    const { metrics: found, csvRow } = await evaluator.evaluate(embedder);
    for (const [key, value] of Object.entries(found)) metrics[`eval_${key}`] = value;
    if (csvDirectory !== null) {
      const file = join(csvDirectory, evaluator.csvFile);
      await appendRow(file, csvHeaderLine(evaluator.csvHeader), csvRowLine(epoch, step, csvRow));
    }
  }
  metrics.eval_runtime = (performance.now() - started) / 1000;
  if (rows > 0) {
    metrics.eval_samples_per_second = rows / metrics.eval_runtime;
    metrics.eval_steps_per_second = batches / metrics.eval_runtime;
  }
  return metrics;
}

/** Every batch counts by its rows, as upstream. */
async function sumOfLosses(
  inputs: EvaluateInputs,
  dataset: Dataset,
): Promise<{ sum: number; rows: number; batches: number }> {
  const { maker, batchSize, dropLast } = inputs;
  const { gpu } = maker.model;
  const count = dropLast
    ? Math.floor(dataset.length / batchSize)
    : Math.ceil(dataset.length / batchSize);
  const window = Math.max(1, Math.min(inputs.accumulationSteps ?? count, count));
  const losses = gpu.tensor([window], "losses");
  const sizes: number[] = [];
  const total = { sum: 0, rows: 0, batches: count };
  const take = async () => {
    const values = await gpu.read(losses);
    sizes.splice(0).forEach((size, i) => {
      total.sum += values[i] * size;
      total.rows += size;
    });
  };
  try {
    for (let batch = 0; batch < count; batch++) {
      const start = batch * batchSize;
      const size = Math.min(batchSize, dataset.length - start);
      await measure(inputs, dataset, { start, size, losses, slot: sizes.push(size) - 1 });
      if (sizes.length === window) await take();
      await inputs.onBatch?.({ dataset: dataset.name, batch: batch + 1, batches: count });
    }
    if (sizes.length > 0) await take();
  } finally {
    gpu.release(losses);
  }
  return total;
}

async function measure(
  { maker, lossFor, precision }: EvaluateInputs,
  dataset: Dataset,
  place: { start: number; size: number; losses: ReturnType<Tape["empty"]>; slot: number },
): Promise<void> {
  const { gpu } = maker.model;
  const rows = Array.from({ length: place.size }, (_, row) => place.start + row);
  const batch = await prepareBatch(maker, dataset, rows);
  const tape = new Tape(gpu, { precision });
  const loss = lossOf(tape, maker.model, { batch, loss: lossFor(dataset) });
  gpu.recorder.copyInto(loss, place.losses, place.slot);
  tape.end();
  gpu.recorder.submit();
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
