/**
 * The command `train`.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { Gpu } from "../gpu/device.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import type { Loss } from "../losses/loss.ts";
import { createLoss } from "../losses/names.ts";
import { newSmallModel } from "../models/new_small_model.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { formatCount } from "../reporters/format.ts";
import { PlainLines } from "../reporters/plain_lines.ts";
import { ProgressBar } from "../reporters/progress_bar.ts";
import type { Reporter } from "../reporters/reporter.ts";
import { parseSpec } from "../spec.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../train/trainer.ts";
import { defaultJob, JOB_ARGUMENTS, NEW_MODEL_LEARNING_RATE } from "./default_job.ts";
import { metricsTable } from "./metrics_table.ts";
import {
  createEvaluators,
  positiveInteger,
  readDatasets,
  readRunInputs,
  type RunInputs,
} from "./run_inputs.ts";

/** What a run trains on and is judged by. */
interface Task {
  readonly train: Dataset;
  readonly evaluation: readonly Dataset[];
  readonly evaluators: readonly Evaluator[];
  /** Metrics of a rival without training, or null. */
  readonly baseline: Readonly<Record<string, number>> | null;
}

/**
 * Trains, evaluates before and after, saves.
 *
 * @param tokens The command line after `train`.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For data or models that cannot be read.
 * @throws {OutputError} If the output directory cannot be written.
 */
export async function train(tokens: readonly string[]): Promise<void> {
  const inputs = await readRunInputs(tokens);
  const args = trainingArguments(inputs);
  const loss = lossOf(inputs);
  await ensureWritableDirectory(args.outputDir);
  const task = await readTask(inputs);
  console.log(
    `${task.train.name}: ${formatCount(task.train.length)} rows of ${
      task.train.columns.join(", ")
    }`,
  );
  const gpu = await Gpu.request({ software: args.useCpu });
  const model = await loadModel(gpu, inputs, args.seed);
  const trainer = new SentenceTransformerTrainer({
    model,
    args,
    loss,
    trainDataset: task.train,
    evalDataset: task.evaluation,
    evaluators: task.evaluators,
    reporters: [reporterFor(args)],
    modelName: inputs.own.get("model")?.at(-1) ?? "a new encoder",
  });
  try {
    await run(trainer, task, args);
  } finally {
    trainer.destroy();
    model.destroy();
    gpu.destroy();
  }
}

async function run(
  trainer: SentenceTransformerTrainer,
  task: Task,
  args: SentenceTransformerTrainingArguments,
): Promise<void> {
  const judged = task.evaluators.length > 0 || task.evaluation.length > 0;
  const before = judged && !args.resumeFromCheckpoint ? await trainer.evaluate() : null;
  await trainer.train();
  const after = judged ? trainer.latestEvaluation ?? await trainer.evaluate() : null;
  const final = join(args.outputDir, "final");
  await trainer.saveModel(final);
  await trainer.saveState();
  if (after !== null) {
    console.log(`\n${metricsTable(task.baseline, before, after)}`);
  }
  console.log(`\nSaved the model to ${final}. To embed a text with it:

  echo "the action of fetching" | deno run -A cli.ts encode --model ${final}`);
}

function trainingArguments({ own, args }: RunInputs): SentenceTransformerTrainingArguments {
  const isDefaultJob = !own.has("train-dataset");
  const defaults: Partial<ArgumentValues> = isDefaultJob
    ? { ...JOB_ARGUMENTS, ...(own.has("model") ? {} : { learningRate: NEW_MODEL_LEARNING_RATE }) }
    : own.has("eval-dataset")
    ? { evaluationStrategy: "epoch" }
    : {};
  return new SentenceTransformerTrainingArguments({ ...defaults, ...args });
}

function lossOf({ own }: RunInputs): Loss {
  const { name, options } = parseSpec(
    "loss",
    own.get("loss")?.at(-1) ?? "MultipleNegativesRankingLoss",
  );
  return createLoss(name, options);
}

async function readTask({ own }: RunInputs): Promise<Task> {
  const columns = own.get("columns")?.at(-1);
  const evaluation = await readDatasets(own.get("eval-dataset") ?? [], columns);
  const evaluators = createEvaluators(own.get("evaluator") ?? [], evaluation);
  const files = own.get("train-dataset") ?? [];
  if (files.length > 1) {
    throw new UsageError(
      `Cannot train on ${files.length} datasets: training on several is not built yet in this version; join the files into one`,
    );
  }
  if (files.length === 1) {
    const [dataset] = await readDatasets(files, columns);
    return { train: dataset, evaluation, evaluators, baseline: null };
  }
  const { train, evaluator, baseline } = await defaultJob();
  return evaluators.length > 0 || evaluation.length > 0
    ? { train, evaluation, evaluators, baseline: null }
    : { train, evaluation, evaluators: [evaluator], baseline };
}

function loadModel(gpu: Gpu, { own }: RunInputs, seed: number): Promise<SentenceTransformer> {
  const length = own.get("max-seq-length")?.at(-1);
  const maxSequenceLength = length && positiveInteger("max-seq-length", length) || undefined;
  const path = own.get("model")?.at(-1);
  return path === undefined
    ? newSmallModel(gpu, { seed, maxSequenceLength })
    : SentenceTransformer.load(gpu, path, { trainable: true, maxSequenceLength, seed });
}

function reporterFor({ disableTqdm }: SentenceTransformerTrainingArguments): Reporter {
  const write = (text: string) => {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  };
  return Deno.stdout.isTerminal() && disableTqdm !== true
    ? new ProgressBar({ write, columns: () => Deno.consoleSize().columns })
    : new PlainLines(write);
}
