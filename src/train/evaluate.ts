/**
 * Evaluating a model in a run: the loss on held-out rows, and evaluators.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { OutputError } from "../errors.ts";
import { csvHeaderLine, csvRecords, csvRowLine } from "../evaluators/csv_log.ts";
import type { Embedder } from "../evaluators/embedder.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { host } from "../host/host.ts";
import { readText } from "../host/read_text.ts";
import type { Loss } from "../losses/loss.ts";
import { type Precision, Tape } from "../ops/tape.ts";
import type { EvaluationPlace } from "./callbacks/callback.ts";
import { computeLoss, embedInParts, type LossBatch, type RunModels } from "./compute_loss.ts";
import { encodeTogether } from "./parallel/encode_together.ts";
import type { RankGroup } from "./parallel/rank_group.ts";
import { type LossBatchMaker, prepareLossBatch } from "./prepare_loss_batch.ts";

/** What to evaluate with. */
export interface EvaluateInputs {
  /** Turns rows into batches. */
  maker: LossBatchMaker;
  /** The models: that which is evaluated, and those that losses ask for. */
  models: RunModels;
  /** Held-out rows whose loss is measured. */
  datasets: readonly Dataset[];
  /** Whether their losses are told apart by name. Default: where there are several. */
  namesLosses?: boolean;
  /** The objective of each of them. */
  lossFor: (dataset: Dataset) => Loss;
  /** Rows of a batch. */
  batchSize: number;
  /** Whether a last batch with fewer rows is left out. */
  dropLast: boolean;
  /** Batches whose losses stay on the GPU before they are read; null for all. */
  accumulationSteps: number | null;
  /** The ranks that share the work; the loss is that of one process. Default: null, one process. */
  group?: RankGroup | null;
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
  /** Called before an evaluator has texts embedded; what it throws ends the evaluation. */
  heed?: () => void;
  /** Told of a CSV file that cannot be written. Default: the evaluation fails. */
  onUnwritten?: (error: OutputError) => void;
}

/**
 * Runs an evaluation.
 *
 * @param inputs Model, rows, evaluators.
 * @returns Metrics with upstream's keys: `eval_loss`, of datasets with names also
 *   `eval_DATASET_loss`, with `eval_loss` their mean over all rows; `eval_NAME_METRIC`; `eval_runtime` in seconds.
 * @throws {OutputError} If a CSV file cannot be written.
 */
export async function evaluate(inputs: EvaluateInputs): Promise<Record<string, number>> {
  const { models: { model }, datasets, evaluators, csvDirectory, epoch, step } = inputs;
  const started = performance.now();
  const metrics: Record<string, number> = {};
  const { namesLosses = datasets.length > 1 } = inputs;
  let sum = 0;
  let rows = 0;
  let batches = 0;
  for (const dataset of datasets) {
    const found = await sumsOfLosses(inputs, dataset);
    const prefix = namesLosses ? `eval_${dataset.name}_` : "eval_";
    const names = ["loss", ...inputs.lossFor(dataset).components ?? []];
    names.forEach((name, i) => metrics[prefix + name] = found.sums[i] / found.rows);
    sum += found.sums[0];
    rows += found.rows;
    batches += found.batches;
  }
  if (datasets.length > 0) metrics.eval_loss = sum / rows;
  const embedder: Embedder = {
    similarity: model.similarity,
    encode: async (texts, options) => {
      inputs.heed?.();
      return await encodeTogether(
        inputs.group ?? null,
        texts,
        (own) => model.encode(own, { ...options, precision: inputs.precision }),
      );
    },
    search: (queries, corpus, options) => model.search(queries, corpus, options),
  };
  for (const evaluator of evaluators) {
    const result = await evaluator.evaluate(embedder);
    for (const [key, value] of Object.entries(result.metrics)) metrics[`eval_${key}`] = value;
    if (csvDirectory === null) continue;
    for (const { csvFile, csvHeader, csvRow } of csvRecords(evaluator, result)) {
      const file = join(csvDirectory, csvFile);
      const row = csvRowLine(epoch, step, csvRow);
      await appendRow(file, csvHeaderLine(csvHeader), row).catch((error) => {
        if (inputs.onUnwritten === undefined) throw error;
        inputs.onUnwritten(error);
      });
    }
  }
  metrics.eval_runtime = (performance.now() - started) / 1000;
  if (rows > 0) {
    metrics.eval_samples_per_second = rows / metrics.eval_runtime;
    metrics.eval_steps_per_second = batches / metrics.eval_runtime;
  }
  return metrics;
}

/**
 * Sums of the loss and of its components; every batch counts by its rows, as upstream. Several ranks take
 * batches in turn and add up in the order of batches, so that the sums are those of one process.
 */
async function sumsOfLosses(
  inputs: EvaluateInputs,
  dataset: Dataset,
): Promise<{ sums: number[]; rows: number; batches: number }> {
  const { models: { model: { gpu } }, batchSize, dropLast, group = null } = inputs;
  const loss = inputs.lossFor(dataset);
  const count = dropLast
    ? Math.floor(dataset.length / batchSize)
    : Math.ceil(dataset.length / batchSize);
  const window = Math.max(1, Math.min(inputs.accumulationSteps ?? count, count));
  const width = 1 + (loss.components?.length ?? 0);
  const losses = gpu.tensor([window, width], "losses");
  const all = new Float32Array(count * width);
  /** Batches that wait to be read. */
  const waiting: number[] = [];
  const take = async () => {
    const values = await gpu.read(losses);
    waiting.splice(0).forEach((batch, i) =>
      all.set(values.subarray(i * width, (i + 1) * width), batch * width)
    );
  };
  const sizeOf = (batch: number) => Math.min(batchSize, dataset.length - batch * batchSize);
  try {
    for (let batch = group?.rank ?? 0; batch < count; batch += group?.size ?? 1) {
      const [start, size] = [batch * batchSize, sizeOf(batch)];
      const rows = Array.from({ length: size }, (_, row) => start + row);
      const part = await prepareLossBatch(inputs.maker, loss, { dataset, rows });
      measure(inputs, part, { losses, at: (waiting.push(batch) - 1) * width });
      if (waiting.length === window) await take();
      await inputs.onBatch?.({ dataset: dataset.name, batch: batch + 1, batches: count });
    }
    if (waiting.length > 0) await take();
  } finally {
    gpu.release(losses);
  }
  await group?.communicator.allReduce(all);
  const total = { sums: new Array<number>(width).fill(0), rows: 0, batches: count };
  for (let batch = 0; batch < count; batch++) {
    const size = sizeOf(batch);
    total.sums = total.sums.map((sum, j) => sum + all[batch * width + j] * size);
    total.rows += size;
  }
  return total;
}

function measure(
  { models, precision }: EvaluateInputs,
  part: LossBatch,
  { losses, at }: { losses: Tensor; at: number },
): void {
  const { model } = models;
  const { recorder } = model.gpu;
  const tape = new Tape(model.gpu, { precision });
  const { batch, loss: { wants } } = part;
  try {
    let embeddings: Tensor | undefined;
    if (wants?.cache) {
      const sequences = batch.sequenceStarts.length - 1;
      embeddings = tape.empty([sequences, model.fullDimension], "embeddings");
      embedInParts(model, batch, { tape: { precision }, cache: wants.cache, into: embeddings });
    }
    const { value, components } = computeLoss(tape, models, part, { embeddings });
    [value, ...components].forEach((scalar, i) => recorder.copyInto(scalar, losses, at + i));
  } finally {
    tape.end();
    recorder.submit();
  }
}

/** Where a file of that name has other columns, rows go into `NAME_2.csv`, and so on. */
async function appendRow(file: string, header: string, row: string): Promise<void> {
  try {
    await host().files.mkdir(join(file, ".."));
    for (let number = 1;; number++) {
      const path = number === 1 ? file : file.replace(/(\.csv)?$/, `_${number}$1`);
      const text = await readText(path).catch(() => null);
      if (text !== null && !text.startsWith(header)) continue;
      await host().files.writeFile(path, text === null ? header + row : row, { append: true });
      return;
    }
  } catch (error) {
    throw new OutputError(`Cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}
