/**
 * Keeps the checkpoints of a run: which to write, which was the best, which to go on from.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { InputError, UsageError } from "../errors.ts";
import { isFolder } from "../host/is_there.ts";
import {
  checkpointName,
  listCheckpoints,
  removeOtherCheckpoints,
  rotateCheckpoints,
} from "../io/checkpoint.ts";
import { verifyChecksums } from "../io/checksums.ts";
import {
  encodeTrainerState,
  TRAINER_STATE_NAME,
  type TrainerStateFile,
} from "../io/trainer_state.ts";
import { writeFileAtomically } from "../io/write_files.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { nearest } from "../nearest.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { StepControl } from "../optim/step_control.ts";
import type { RunSchedule } from "../schedules/run_schedule.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import {
  readResumeState,
  restoreModel,
  restoreOptimizer,
  type ResumeFiles,
  writeCheckpoint,
} from "./checkpoint_files.ts";
import type { LossStores } from "./loss_stores.ts";
import { onceFor, type RankGroup } from "./parallel/rank_group.ts";
import { ShardedOptimizer } from "./parallel/sharded_optimizer.ts";
import { readControlState, resumeFiles } from "./resume_files.ts";
import { resumeNotes } from "./resume_notes.ts";
import { identityDifferences, type RunIdentity } from "./run_identity.ts";
import type { RunPlan } from "./run_plan.ts";
import { TrainerState } from "./state.ts";

/** What checkpoints are made of. */
export interface CheckpointedRun {
  /** Where, how many, by which metric. */
  readonly args: SentenceTransformerTrainingArguments;
  /** The ranks of the run. Default: null, there is one process. */
  readonly group?: RankGroup | null;
  /** Lengths and intervals, for the state file. */
  readonly plan: RunPlan;
  /** The model. */
  readonly model: SentenceTransformer;
  /** Parameters of the objectives. */
  readonly lossStores: LossStores;
  /** The optimizer. */
  readonly optimizer: Optimizer;
  /** Loss scale and number of updates. */
  readonly control: StepControl;
  /** The learning rates. */
  readonly schedule: RunSchedule;
  /** Base learning rates. */
  readonly learningRates: readonly number[];
  /** Rows of a batch. */
  readonly batchSize: number;
  /** What the run is made of. */
  readonly identity: RunIdentity;
}

/** The checkpoints of one run. */
export class Checkpointer {
  /** Optimizer steps at the newest checkpoint; -1 before the first. */
  savedStep = -1;
  /** Its directory; null before the first. */
  savedPath: string | null = null;
  readonly #run: CheckpointedRun;

  /**
   * Nothing is written yet.
   *
   * @param run What checkpoints are made of.
   */
  constructor(run: CheckpointedRun) {
    this.#run = run;
  }

  /**
   * Writes a checkpoint and removes what `save_total_limit` does not allow.
   *
   * @param state Where the run stands.
   * @param card The text of the model card.
   * @throws {OutputError} If it cannot be written.
   */
  async save(state: TrainerState, card: string): Promise<void> {
    const { args, model, lossStores, optimizer } = this.#run;
    const path = join(args.outputDir, checkpointName(state.globalStep));
    const { best } = state;
    const bestBefore = best?.checkpoint ?? null;
    if (best?.step === state.globalStep) best.checkpoint = path;
    const isShared = optimizer instanceof ShardedOptimizer && !args.saveOnlyModel;
    const states = isShared ? await optimizer.download() : null;
    try {
      await this.#once(async () =>
        await writeCheckpoint(path, {
          model: await model.toSavedModel(card),
          lossStores,
          resume: args.saveOnlyModel ? null : {
            optimizer: states ?? await optimizer.download(),
            files: await resumeFiles(this.#run),
          },
          args: args.toJson(),
          state: this.#stateFile(state),
        })
      );
    } catch (error) {
      // The best that can be gone back to is the one before.
      if (best !== null) best.checkpoint = bestBefore;
      throw error;
    }
    this.savedStep = state.globalStep;
    this.savedPath = path;
    const kept = state.best?.checkpoint ?? null;
    await this.#once(() => rotateCheckpoints(args.outputDir, args.saveTotalLimit, kept));
    await this.writeState(state);
  }

  /** Files are written by one rank, or by one of each machine. */
  async #once(write: () => Promise<unknown>): Promise<void> {
    const { group = null, args } = this.#run;
    await onceFor(group, async () => void await write(), { perNode: args.saveOnEachNode });
  }

  /** Writes `trainer_state.json` of the output directory. */
  async writeState(state: TrainerState): Promise<void> {
    const file = join(this.#run.args.outputDir, TRAINER_STATE_NAME);
    await this.#once(() => writeFileAtomically(file, encodeTrainerState(this.#stateFile(state))));
  }

  /**
   * Remembers an evaluation that is better than all before it.
   *
   * @param state Where the run stands.
   * @param metrics What was found.
   * @returns Whether it is the best so far; false where no metric was chosen.
   * @throws {UsageError} If `metric_for_best_model` is not among them.
   */
  noteBest(state: TrainerState, metrics: Readonly<Record<string, number>>): boolean {
    const { metricForBestModel, greaterIsBetter } = this.#run.args;
    if (metricForBestModel === null) return false;
    const metric = metricOf(metrics, metricForBestModel);
    // Nothing would ever beat a first metric that is no number.
    const better = !Number.isNaN(metric) && (state.best === null ||
      (greaterIsBetter ? metric > state.best.metric : metric < state.best.metric));
    if (better) {
      // The checkpoint of the best so far stays the one to go back to until a better one is written.
      const checkpoint = state.best?.checkpoint ?? null;
      state.best = { metric, step: state.globalStep, checkpoint };
    }
    return better;
  }

  /**
   * Puts the best checkpoint's parameters back, where there is one. With a limit of 1 it is then the
   * only one that stays, as upstream.
   *
   * @param state Where the run stands.
   * @returns The checkpoint, or null where the model stays as it is; and what to tell, or null where
   *   all is well: that there is no checkpoint of the best step, or that it cannot be read.
   */
  async restoreBest(
    state: TrainerState,
  ): Promise<{ loaded: string | null; note: string | null }> {
    const { args: { outputDir, saveTotalLimit }, model, lossStores } = this.#run;
    const path = state.best?.checkpoint ?? null;
    if (path === null) {
      return { loaded: null, note: notLoaded("none of the evaluated steps was saved") };
    }
    try {
      await verifyChecksums(path);
      await restoreModel(path, model);
      await lossStores.restore(path);
    } catch (error) {
      return { loaded: null, note: notLoaded((error as Error).message) };
    }
    if (saveTotalLimit === 1) await this.#once(() => removeOtherCheckpoints(outputDir, path));
    const [name, { step }] = [basename(path), state.best!];
    const note = name === checkpointName(step)
      ? null
      : `The best step, ${step}, was not saved: loaded ${name}, the best that was`;
    return { loaded: path, note };
  }

  /**
   * Goes on from a checkpoint.
   *
   * @param path Its directory.
   * @returns Where the run stands, and what to tell.
   * @throws {InputError} If it is damaged, or was made with another configuration.
   */
  async resume(path: string): Promise<{ state: TrainerState; notes: string[] }> {
    const { state: file, files } = await readResumeState(path);
    this.#compare(path, file);
    await restoreModel(path, this.#run.model);
    await this.#run.lossStores.restore(path);
    await restoreOptimizer(path, this.#run.optimizer);
    this.#restoreFiles(path, files);
    const state = TrainerState.fromFile(file, path);
    if (state.best !== null) state.best.checkpoint = await this.#findBest(state.best.checkpoint);
    this.savedStep = state.globalStep;
    this.savedPath = path;
    const { plan: { totalSteps }, args: { worldSize } } = this.#run;
    return { state, notes: resumeNotes(file, { totalSteps, worldSize }) };
  }

  /** The directory of a run may have moved, or the best checkpoint may be gone. */
  async #findBest(path: string | null): Promise<string | null> {
    if (path === null) return null;
    const candidates = [path, join(this.#run.args.outputDir, basename(path))];
    for (const candidate of candidates) {
      if (await isFolder(candidate)) return candidate;
    }
    return null;
  }

  #compare(path: string, file: TrainerStateFile): void {
    const { identity, args } = this.#run;
    const own = file.stateful_callbacks.sentrain as { identity?: RunIdentity } | undefined;
    const differences = identityDifferences(own?.identity ?? {}, identity, args.ignoreDataSkip);
    if (differences.length === 0) return;
    throw new InputError(
      `Cannot resume from ${path}: it was made with another configuration: ${
        differences.join("; ")
      }; give what it was made with, or start anew`,
    );
  }

  #restoreFiles(path: string, files: ResumeFiles): void {
    const { control, schedule } = this.#run;
    control.restore(readControlState(path, files, { isScaling: control.scaling }));
    const { state = {} } = files["scheduler.json"] as { state?: Record<string, unknown> };
    schedule.restore(state);
  }

  #stateFile(state: TrainerState): TrainerStateFile {
    const { plan: { totalSteps, epochs, loggingSteps, evalSteps, saveSteps }, identity } =
      this.#run;
    return state.toFile({
      eval_steps: evalSteps,
      logging_steps: loggingSteps,
      save_steps: saveSteps,
      max_steps: totalSteps,
      num_train_epochs: Math.ceil(epochs),
      train_batch_size: this.#run.batchSize,
    }, identity);
  }
}

function notLoaded(reason: string): string {
  return `Could not load the best model: ${reason}; the model is that of the last step`;
}

/**
 * Finds the checkpoint to go on from.
 *
 * @param from Its directory; true for the newest of the output directory.
 * @param outputDir The output directory.
 * @returns Its directory.
 * @throws {InputError} If there is none.
 */
export async function findCheckpoint(from: string | boolean, outputDir: string): Promise<string> {
  const path = typeof from === "string" && from !== "true"
    ? from
    : (await listCheckpoints(outputDir)).at(-1)?.path;
  if (path !== undefined) return path;
  throw new InputError(
    `Cannot resume: No valid checkpoint found in output directory (${outputDir}); leave resume_from_checkpoint out to start anew`,
  );
}

/**
 * Finds a metric, with or without `eval_` before its name.
 *
 * @param metrics What an evaluation found.
 * @param name The metric's name.
 * @returns Its value.
 * @throws {UsageError} If it is not among them.
 */
export function metricOf(metrics: Readonly<Record<string, number>>, name: string): number {
  const metric = metrics[name.startsWith("eval_") ? name : `eval_${name}`];
  if (metric !== undefined) return metric;
  const known = Object.keys(metrics);
  const guess = nearest(name, [...known, ...known.map((key) => key.replace(/^eval_/, ""))]);
  throw new UsageError(
    `Cannot follow the metric: metric_for_best_model is "${name}", the evaluation gave ${
      known.join(", ")
    }${guess === null ? "" : `; the nearest is "${guess}"`}`,
  );
}
