/**
 * The command `train`.
 *
 * @module
 */
import { basename, join, resolve } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import type { Communicator } from "../distributed/communicator.ts";
import { labelFacts } from "../data/label_facts.ts";
import { OutputError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { checkpointName } from "../io/checkpoint.ts";
import { OutputLock } from "../io/output_lock.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import { fittingSentence } from "../losses/fitting_sentence.ts";
import { SoftmaxLoss } from "../losses/softmax_loss.ts";
import type { LoraConfig } from "../models/lora_config.ts";
import type { LoadOptions } from "../models/model_options.ts";
import { newSmallModel } from "../models/new_small_model.ts";
import { nearest } from "../nearest.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { formatCount } from "../reporters/format.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { camelCase } from "../train/arguments/camel_case.ts";
import { argumentFields, type ArgumentName } from "../train/arguments/fields.ts";
import { SentenceTransformerTrainingArguments } from "../train/arguments/sentence_transformer_training_arguments.ts";
import { EmbeddingMapCallback } from "../train/callbacks/embedding_map_callback.ts";
import { ProfileCallback } from "../train/callbacks/profile_callback.ts";
import { Interruption } from "../train/interruption.ts";
import { surviveDeviceLoss } from "../train/survive_device_loss.ts";
import { SentenceTransformerTrainer } from "../train/trainer.ts";
import type { TrainerInputs } from "../train/trainer_inputs.ts";
import { adapterOf } from "./adapter_of.ts";
import { callbacksOf } from "./callbacks_of.ts";
import { JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "./default_job.ts";
import { downloadLines } from "./download_lines.ts";
import { dryRun } from "./dry_run.ts";
import { gradientCompressionOf } from "./gradient_compression_of.ts";
import { liveReportFor } from "./live_report_for.ts";
import { DEFAULT_LOSS, lossesOf } from "./losses_of.ts";
import { metricsTable } from "./metrics_table.ts";
import { positiveInteger } from "./positive_integer.ts";
import { readRunInputs, type RunInputs } from "./run_inputs.ts";
import { programName } from "./program_name.ts";
import { readTask, type Task } from "./read_task.ts";
import { reporterFor } from "./reporter_for.ts";
import { StoppedRun, StopSignals } from "./stop_signals.ts";
import { withRanks } from "./with_ranks.ts";

/**
 * Trains, evaluates before and after, saves.
 *
 * @param tokens The command line after `train`.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For data or models that cannot be read.
 * @throws {OutputError} If the output directory cannot be written, or another run writes there.
 * @throws {StoppedRun} If a signal stopped it.
 */
export async function train(tokens: readonly string[]): Promise<void> {
  const inputs = await readRunInputs(tokens);
  const args = trainingArguments(inputs);
  await withRanks((communicator) => trainOn(communicator, inputs, { args }), args.ddpTimeout);
}

async function trainOn(
  communicator: Communicator,
  inputs: RunInputs,
  { args }: { args: SentenceTransformerTrainingArguments },
): Promise<void> {
  args.takePlace(communicator);
  const isMain = communicator.rank === 0;
  const loss = lossesOf(inputs.own.get("loss") ?? []);
  callbacksOf(inputs);
  const gradientCompression = gradientCompressionOf(inputs);
  const adapter = adapterOf(inputs);
  const maxSequenceLength = positiveInteger("max-seq-length", valueOf(inputs, "max-seq-length"));
  const warn = (line: string) => console.error(`Warning: ${line}`);
  if (isMain) inputs.warnings.forEach(warn);
  const classifier = loss instanceof SoftmaxLoss ? loss : undefined;
  const task = await readTask(inputs, args, { warn, classifier, communicator });
  for (const { name, length, columns } of task.train) {
    if (isMain) console.log(`${name}: ${formatCount(length)} rows of ${columns.join(", ")}`);
  }
  if (!inputs.own.has("loss")) checkDefaultLoss(task.train);
  checkLossNames(loss, [...task.train, ...task.evaluation]);
  const kept: Kept = { lock: null, before: null };
  using signals = new StopSignals(() => kept.lock?.release());
  const isDry = inputs.own.has("dry-run");
  await using live = isDry || !isMain
    ? null
    : liveReportFor(args.outputDir, valueOf(inputs, "watch"));
  const merge = inputs.own.has("merge-adapter");
  const makeInputs = (gpu: Gpu) =>
    trainerInputs(gpu, {
      ...{ inputs, task, args, loss, adapter, maxSequenceLength, live, communicator },
      ...{ signal: signals.signal, gradientCompression },
    });
  try {
    if (isDry) return await dryRun({ software: args.useCpu }, makeInputs);
    await surviveDeviceLoss(
      async (gpu) => {
        const trainer = new SentenceTransformerTrainer(await makeInputs(gpu));
        if (merge && trainer.model.adapter === null) {
          throw new UsageError("Cannot use --merge-adapter without an adapter; give --lora-rank");
        }
        return trainer;
      },
      async (trainer, checkpoint) => {
        if (isMain && kept.lock === null) {
          await ensureWritableDirectory(args.outputDir);
          kept.lock = await OutputLock.take(args.outputDir);
          if (kept.lock.note !== null) warn(kept.lock.note);
        }
        await run(trainer, task, { checkpoint, kept, merge, signals, communicator });
      },
      {
        gpu: { software: args.useCpu },
        resumeFromCheckpoint: args.resumeFromCheckpoint,
        signal: signals.signal,
        message: warn,
        // Other ranks cannot go back with this one.
        pauses: communicator.size === 1 ? undefined : [],
      },
    );
  } finally {
    kept.lock?.release();
    const { train, evaluation, judging } = task;
    for (const dataset of [...train, ...evaluation, ...judging]) dataset.close();
  }
}

/** What stays where the device is lost and another one takes its place. */
interface Kept {
  /** Holds the output directory; null until there is a trainer. */
  lock: OutputLock | null;
  /** What was found before training. */
  before: Readonly<Record<string, number>> | null;
}

async function trainerInputs(
  gpu: Gpu,
  { inputs, task, live, maxSequenceLength, adapter, ...rest }:
    & Pick<TrainerInputs, "loss" | "signal" | "communicator" | "gradientCompression">
    & { inputs: RunInputs; task: Task; args: SentenceTransformerTrainingArguments }
    & { adapter: LoraConfig | undefined; maxSequenceLength: number | undefined }
    & { live: Reporter | null },
): Promise<TrainerInputs & Required<Pick<TrainerInputs, "args">>> {
  const path = valueOf(inputs, "model");
  const guide = valueOf(inputs, "guide");
  const options = { trainable: true, maxSequenceLength, seed: rest.args.seed };
  const onDownload = downloadLines();
  const reporter = reporterFor(rest.args, Deno.stdout.isTerminal());
  // One process of a machine downloads; the others find what it has left.
  const load = (path: string, options: LoadOptions) =>
    rest.args.mainProcessFirst(() => SentenceTransformer.load(gpu, path, options));
  return {
    ...rest,
    model: path === undefined
      ? await newSmallModel(gpu, options)
      : await load(path, { ...options, adapter, onDownload }),
    guide: guide === undefined ? undefined : await load(guide, { onDownload }),
    trainDataset: task.train,
    evalDataset: task.evaluation,
    evaluators: task.evaluators,
    callbacks: [
      ...callbacksOf(inputs).filter((callback) =>
        rest.args.processIndex === 0 || !(callback instanceof ProfileCallback)
      ),
      ...live === null ? [] : [new EmbeddingMapCallback(task.evaluation, { always: true })],
    ],
    reporters: live === null ? [reporter] : [reporter, live],
    modelName: path === undefined ? "a new encoder" : basename(resolve(path)),
    onSaveFailure: inputs.own.has("continue-when-saving-fails") ? "continue" : "stop",
  };
}

async function run(
  trainer: SentenceTransformerTrainer,
  task: Task,
  { checkpoint, kept, merge, signals, communicator }: {
    checkpoint: string | boolean | null;
    kept: Kept;
    merge: boolean;
    signals: StopSignals;
    communicator: Communicator;
  },
): Promise<void> {
  const { outputDir } = trainer.args;
  const judged = task.evaluators.length > 0 || task.evaluation.length > 0;
  const stopped = (error: unknown) => {
    if (!(error instanceof Interruption)) throw error;
    signals.check(() => error.message);
    throw communicator.size === 1 ? error : new StoppedRun(error.message, 143);
  };
  if (judged && !checkpoint) kept.before = await trainer.evaluate().catch(stopped);
  const { before, lock } = kept;
  const { saveFailure } = await trainer.train(checkpoint, { lock: lock ?? undefined })
    .catch(stopped);
  const isStopped = (await communicator.agree(signals.signal.aborted)).any;
  const after = judged && !isStopped ? await lastEvaluation(trainer) : null;
  const final = join(outputDir, "final");
  await trainer.saveModel(final, { merge, push: false });
  await trainer.saveState();
  signals.check((signal) => `Stopped by ${signal} after training: saved the model to ${final}`);
  if (saveFailure !== null) {
    throw new OutputError(
      `Saved the model to ${final}, but not the last checkpoint: ${saveFailure.message}`,
      { cause: saveFailure },
    );
  }
  if (isStopped) throw new StoppedRun(`Stopped after training: saved the model to ${final}`, 143);
  if (communicator.rank > 0) return void (trainer.args.pushToHub && await trainer.pushToHub());
  if (after !== null) console.log(`\n${metricsTable(task.baseline, before, after)}`);
  console.log(`\nSaved the model to ${final}. To embed a text with it:

  echo "the action of fetching" | ${programName()} encode --model ${final}`);
  if (!trainer.args.pushToHub) return;
  console.log(`\nUploaded the model: ${await trainer.pushToHub({ from: final })}`);
}

/** Null where a signal ended it. */
async function lastEvaluation(
  trainer: SentenceTransformerTrainer,
): Promise<Readonly<Record<string, number>> | null> {
  try {
    return await evaluationOf(trainer);
  } catch (error) {
    if (error instanceof Interruption) return null;
    throw error;
  }
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

function valueOf({ own }: RunInputs, name: "model" | "guide" | "max-seq-length" | "watch") {
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
