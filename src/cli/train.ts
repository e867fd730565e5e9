/**
 * The command `train`.
 *
 * @module
 */
import { basename, join, resolve } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { labelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import { checkpointName } from "../io/checkpoint.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import { fittingSentence } from "../losses/fitting_sentence.ts";
import { SoftmaxLoss } from "../losses/softmax_loss.ts";
import { newSmallModel } from "../models/new_small_model.ts";
import { nearest } from "../nearest.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { formatCount } from "../reporters/format.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { camelCase } from "../train/arguments/camel_case.ts";
import { argumentFields, type ArgumentName } from "../train/arguments/fields.ts";
import { SentenceTransformerTrainingArguments } from "../train/arguments/sentence_transformer_training_arguments.ts";
import type { TrainerCallback } from "../train/callbacks/callback.ts";
import { EarlyStoppingCallback } from "../train/callbacks/early_stopping_callback.ts";
import { SentenceTransformerTrainer } from "../train/trainer.ts";
import { adapterOf } from "./adapter_of.ts";
import { JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "./default_job.ts";
import { DEFAULT_LOSS, lossesOf } from "./losses_of.ts";
import { metricsTable } from "./metrics_table.ts";
import { openGpu } from "./open_gpu.ts";
import { positiveInteger } from "./positive_integer.ts";
import { readRunInputs, type RunInputs } from "./run_inputs.ts";
import { readTask, type Task } from "./read_task.ts";
import { reporterFor } from "./reporter_for.ts";

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
  const loss = lossesOf(inputs.own.get("loss") ?? []);
  const callbacks = callbacksOf(inputs);
  const adapter = adapterOf(inputs);
  const maxSequenceLength = positiveInteger("max-seq-length", valueOf(inputs, "max-seq-length"));
  const warn = (line: string) => console.error(`Warning: ${line}`);
  inputs.warnings.forEach(warn);
  const classifier = loss instanceof SoftmaxLoss ? loss : undefined;
  const task = await readTask(inputs, args, { warn, classifier });
  for (const { name, length, columns } of task.train) {
    console.log(`${name}: ${formatCount(length)} rows of ${columns.join(", ")}`);
  }
  if (!inputs.own.has("loss")) checkDefaultLoss(task.train);
  checkLossNames(loss, [...task.train, ...task.evaluation]);
  const gpu = await openGpu({ software: args.useCpu });
  try {
    const path = valueOf(inputs, "model");
    const guide = valueOf(inputs, "guide");
    const options = { trainable: true, maxSequenceLength, seed: args.seed };
    const trainer = new SentenceTransformerTrainer({
      model: path === undefined
        ? await newSmallModel(gpu, options)
        : await SentenceTransformer.load(gpu, path, { ...options, adapter }),
      args,
      loss,
      guide: guide === undefined ? undefined : await SentenceTransformer.load(gpu, guide),
      trainDataset: task.train,
      evalDataset: task.evaluation,
      evaluators: task.evaluators,
      callbacks,
      reporters: [reporterFor(args, Deno.stdout.isTerminal())],
      modelName: path === undefined ? "a new encoder" : basename(resolve(path)),
    });
    const merge = inputs.own.has("merge-adapter");
    if (merge && trainer.model.adapter === null) {
      throw new UsageError("Cannot use --merge-adapter without an adapter; give --lora-rank");
    }
    await ensureWritableDirectory(args.outputDir);
    await run(trainer, task, merge);
  } finally {
    gpu.destroy();
    const { train, evaluation, judging } = task;
    for (const dataset of [...train, ...evaluation, ...judging]) dataset.close();
  }
}

async function run(
  trainer: SentenceTransformerTrainer,
  task: Task,
  merge: boolean,
): Promise<void> {
  const { outputDir, resumeFromCheckpoint } = trainer.args;
  const judged = task.evaluators.length > 0 || task.evaluation.length > 0;
  const before = judged && !resumeFromCheckpoint ? await trainer.evaluate() : null;
  await trainer.train();
  const after = judged ? await evaluationOf(trainer) : null;
  const final = join(outputDir, "final");
  await trainer.saveModel(final, { merge });
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
  const { best, logHistory } = trainer.state;
  if (trainer.args.loadBestModelAtEnd && best?.checkpoint) {
    const entry = logHistory.findLast(({ step, eval_runtime }) =>
      basename(best.checkpoint!) === checkpointName(Number(step)) && eval_runtime !== undefined
    );
    if (entry !== undefined) return entry as Record<string, number>;
  }
  return trainer.latestEvaluation ?? await trainer.evaluate();
}

type TextFlag =
  | "model"
  | "guide"
  | "max-seq-length"
  | "early-stopping-patience"
  | "early-stopping-threshold";

function valueOf({ own }: RunInputs, name: TextFlag): string | undefined {
  return own.get(name)?.at(-1);
}

function trainingArguments({ own, args, lenient }: RunInputs) {
  const defaults: Partial<ArgumentValues> = {
    ...(own.has("model") ? {} : NEW_MODEL_ARGUMENTS),
    ...(!own.has("train-dataset")
      ? JOB_ARGUMENTS
      : own.has("eval-dataset") || own.has("evaluator-dataset")
      ? { evaluationStrategy: "epoch" }
      : {}),
  };
  // A default must not contradict what is given under another name, or more exactly.
  for (const [name, { support }] of argumentFields) {
    if (support.kind === "alias" && args[camelCase(name)] !== undefined) {
      delete defaults[camelCase(support.of as ArgumentName)];
    }
  }
  if (args.maxSteps !== undefined) delete defaults.numTrainEpochs;
  if (args.warmupSteps !== undefined) delete defaults.warmupRatio;
  return new SentenceTransformerTrainingArguments({ ...defaults, ...args }, { lenient });
}

/** Labels that nobody looks at are a mistake more often than not. */
function checkDefaultLoss(datasets: readonly Dataset[]): void {
  const labelled = datasets.find(({ labels }) => labels !== null);
  if (labelled === undefined) return;
  const fitting = fittingSentence(labelled.columns, labelFacts(labelled));
  throw new UsageError(
    `Cannot train: dataset "${labelled.name}" has labels, and the default loss, ${DEFAULT_LOSS}, looks at none; ${fitting}; give one as --loss`,
  );
}

/** A name that no dataset has is a slip of the pen. */
function checkLossNames(
  loss: ReturnType<typeof lossesOf>,
  datasets: readonly Dataset[],
): void {
  if (typeof loss.forward === "function") return;
  const known = [...new Set(datasets.map(({ name }) => name))];
  const idle = Object.keys(loss).find((name) => !known.includes(name));
  if (idle === undefined) return;
  const guess = nearest(idle, known);
  throw new UsageError(
    `Cannot train: there is a --loss for "${idle}", but the datasets are ${known.join(", ")}${
      guess === null ? "" : `; the nearest is "${guess}"`
    }`,
  );
}

function callbacksOf(inputs: RunInputs): TrainerCallback[] {
  const flag = "early-stopping-patience";
  const patience = positiveInteger(flag, valueOf(inputs, flag));
  const threshold = valueOf(inputs, "early-stopping-threshold");
  if (patience === undefined) {
    if (threshold === undefined) return [];
    throw new UsageError(
      `Cannot use --early-stopping-threshold ${threshold} without --${flag}; give both`,
    );
  }
  return [
    new EarlyStoppingCallback({
      earlyStoppingPatience: patience,
      earlyStoppingThreshold: Number(threshold ?? 0),
    }),
  ];
}
