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
import { camelCase } from "../train/arguments/camel_case.ts";
import { argumentFields, type ArgumentName } from "../train/arguments/fields.ts";
import { SentenceTransformerTrainingArguments } from "../train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../train/trainer.ts";
import { createEvaluators } from "./create_evaluators.ts";
import { defaultJob, JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "./default_job.ts";
import { metricsTable } from "./metrics_table.ts";
import { positiveInteger } from "./positive_integer.ts";
import { print } from "./print.ts";
import { readDatasets } from "./read_datasets.ts";
import { readRunInputs, type RunInputs } from "./run_inputs.ts";

const DEFAULT_LOSS = "MultipleNegativesRankingLoss";

/** What a run trains on and is judged by. */
interface Task {
  readonly train: readonly Dataset[];
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
  const maxSequenceLength = positiveInteger("max-seq-length", valueOf(inputs, "max-seq-length"));
  const task = await readTask(inputs);
  for (const { name, length, columns } of task.train) {
    console.log(`${name}: ${formatCount(length)} rows of ${columns.join(", ")}`);
  }
  const gpu = await Gpu.request({ software: args.useCpu });
  try {
    const path = valueOf(inputs, "model");
    const options = { trainable: true, maxSequenceLength, seed: args.seed };
    const trainer = new SentenceTransformerTrainer({
      model: path === undefined
        ? await newSmallModel(gpu, options)
        : await SentenceTransformer.load(gpu, path, options),
      args,
      loss,
      trainDataset: task.train,
      evalDataset: task.evaluation,
      evaluators: task.evaluators,
      reporters: [reporterFor(args)],
      modelName: path ?? "a new encoder",
    });
    await ensureWritableDirectory(args.outputDir);
    await run(trainer, task);
  } finally {
    gpu.destroy();
  }
}

async function run(trainer: SentenceTransformerTrainer, task: Task): Promise<void> {
  const { outputDir, resumeFromCheckpoint } = trainer.args;
  const judged = task.evaluators.length > 0 || task.evaluation.length > 0;
  const before = judged && !resumeFromCheckpoint ? await trainer.evaluate() : null;
  await trainer.train();
  const after = judged ? await evaluationOf(trainer) : null;
  const final = join(outputDir, "final");
  await trainer.saveModel(final);
  await trainer.saveState();
  if (after !== null) console.log(`\n${metricsTable(task.baseline, before, after)}`);
  // `dev` says how it was called: there may be no other Deno.
  const command = Deno.env.get("SENTRAIN_COMMAND") ?? "deno run -A cli.ts";
  console.log(`\nSaved the model to ${final}. To embed a text with it:

  echo "the action of fetching" | ${command} encode --model ${final}`);
}

/** What was found of the model as it is now: after training, or where the best one was found. */
async function evaluationOf(
  trainer: SentenceTransformerTrainer,
): Promise<Readonly<Record<string, number>>> {
  const { best, globalStep, logHistory } = trainer.state;
  if (trainer.args.loadBestModelAtEnd && best?.checkpoint && best.step !== globalStep) {
    const entry = logHistory.findLast(({ step, eval_runtime }) =>
      step === best.step && eval_runtime !== undefined
    );
    if (entry !== undefined) return entry as Record<string, number>;
  }
  return trainer.latestEvaluation ?? await trainer.evaluate();
}

function valueOf({ own }: RunInputs, name: "model" | "columns" | "loss" | "max-seq-length") {
  return own.get(name)?.at(-1);
}

function trainingArguments({ own, args }: RunInputs): SentenceTransformerTrainingArguments {
  const defaults: Partial<ArgumentValues> = {
    ...(own.has("model") ? {} : NEW_MODEL_ARGUMENTS),
    ...(!own.has("train-dataset")
      ? JOB_ARGUMENTS
      : own.has("eval-dataset")
      ? { evaluationStrategy: "epoch" }
      : {}),
  };
  // A default must not contradict what is given under an older name.
  for (const [name, { support }] of argumentFields) {
    if (support.kind === "alias" && args[camelCase(name)] !== undefined) {
      delete defaults[camelCase(support.of as ArgumentName)];
    }
  }
  return new SentenceTransformerTrainingArguments({ ...defaults, ...args });
}

function lossOf(inputs: RunInputs): Loss {
  const { name, options } = parseSpec("loss", valueOf(inputs, "loss") ?? DEFAULT_LOSS);
  return createLoss(name, options);
}

async function readTask(inputs: RunInputs): Promise<Task> {
  const { own } = inputs;
  const columns = valueOf(inputs, "columns");
  const evaluation = await readDatasets(own.get("eval-dataset") ?? [], columns);
  const evaluators = createEvaluators(own.get("evaluator") ?? [], evaluation);
  const files = own.get("train-dataset") ?? [];
  if (files.length > 0) {
    return { train: await readDatasets(files, columns), evaluation, evaluators, baseline: null };
  }
  if (columns !== undefined && evaluation.length === 0) {
    throw new UsageError("Cannot use --columns: there is no dataset; give --train-dataset FILE");
  }
  const { train, evaluator, baseline } = await defaultJob();
  return evaluators.length > 0 || evaluation.length > 0
    ? { train: [train], evaluation, evaluators, baseline: null }
    : { train: [train], evaluation, evaluators: [evaluator], baseline };
}

function reporterFor({ disableTqdm }: SentenceTransformerTrainingArguments): Reporter {
  return Deno.stdout.isTerminal() && !disableTqdm
    ? new ProgressBar({ write: print, columns: () => Deno.consoleSize().columns })
    : new PlainLines(print);
}
