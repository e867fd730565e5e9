/**
 * Keeps the checkpoints of a run: which to write, which was the best, which to go on from.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError, UsageError } from "../errors.ts";
import { checkpointName, listCheckpoints, rotateCheckpoints } from "../io/checkpoint.ts";
import {
  encodeTrainerState,
  TRAINER_STATE_NAME,
  type TrainerStateFile,
} from "../io/trainer_state.ts";
import { writeFileAtomically } from "../io/write_files.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { AdamW } from "../optim/adamw.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { RunPlan } from "./run_plan.ts";
import {
  downloadOptimizer,
  restoreCheckpoint,
  restoreModel,
  writeCheckpoint,
} from "./checkpoint_files.ts";
import { TrainerState } from "./state.ts";

/** The checkpoints of one run. */
export class Checkpointer {
  /** Optimizer steps at the newest checkpoint; -1 before the first. */
  savedStep = -1;
  readonly #args: SentenceTransformerTrainingArguments;
  readonly #plan: RunPlan;
  readonly #model: SentenceTransformer;
  readonly #optimizer: AdamW;

  /**
   * Nothing is written yet.
   *
   * @param args Where, how many, by which metric.
   * @param plan Lengths and intervals, for the state file.
   * @param model The model.
   * @param optimizer The optimizer.
   */
  constructor(
    args: SentenceTransformerTrainingArguments,
    plan: RunPlan,
    model: SentenceTransformer,
    optimizer: AdamW,
  ) {
    this.#args = args;
    this.#plan = plan;
    this.#model = model;
    this.#optimizer = optimizer;
  }

  /**
   * Writes a checkpoint and removes what `save_total_limit` does not allow.
   *
   * @param state Where the run stands.
   * @param card The text of the model card.
   * @throws {OutputError} If it cannot be written.
   */
  async save(state: TrainerState, card: string): Promise<void> {
    const args = this.#args;
    const path = join(args.outputDir, checkpointName(state.globalStep));
    if (state.best?.step === state.globalStep) state.best.checkpoint = path;
    await writeCheckpoint(path, {
      model: await this.#model.toSavedModel(card),
      optimizer: args.saveOnlyModel ? null : await downloadOptimizer(this.#model, this.#optimizer),
      args: args.toJson(),
      state: this.#stateFile(state),
    });
    this.savedStep = state.globalStep;
    await rotateCheckpoints(args.outputDir, args.saveTotalLimit, state.best?.checkpoint ?? null);
    await this.writeState(state);
  }

  /** Writes `trainer_state.json` of the output directory. */
  async writeState(state: TrainerState): Promise<void> {
    const file = join(this.#args.outputDir, TRAINER_STATE_NAME);
    await writeFileAtomically(file, encodeTrainerState(this.#stateFile(state)));
  }

  /**
   * Remembers an evaluation that is better than all before it.
   *
   * @param state Where the run stands.
   * @param metrics What was found.
   * @throws {UsageError} If `metric_for_best_model` is not among them.
   */
  noteBest(state: TrainerState, metrics: Readonly<Record<string, number>>): void {
    const { metricForBestModel: name, greaterIsBetter } = this.#args;
    if (name === null) return;
    const key = name.startsWith("eval_") ? name : `eval_${name}`;
    const metric = metrics[key];
    if (metric === undefined) {
      throw new UsageError(
        `Cannot find the best model: metric_for_best_model is "${name}", the evaluation gave ${
          Object.keys(metrics).join(", ")
        }`,
      );
    }
    const better = state.best === null ||
      (greaterIsBetter ? metric > state.best.metric : metric < state.best.metric);
    if (better) state.best = { metric, step: state.globalStep, checkpoint: null };
  }

  /** Puts the best checkpoint's parameters back, where there is one. */
  async restoreBest(state: TrainerState): Promise<void> {
    const path = state.best?.checkpoint ?? null;
    if (path !== null) await restoreModel(path, this.#model);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @param from Its directory; true for the newest of the output directory.
   * @returns Where the run stands.
   * @throws {InputError} If there is none, or it is damaged.
   */
  async resume(from: string | boolean): Promise<TrainerState> {
    const path = typeof from === "string" && from !== "true"
      ? from
      : (await listCheckpoints(this.#args.outputDir)).at(-1)?.path;
    if (path === undefined) {
      throw new InputError(
        `Cannot resume: there is no checkpoint in ${this.#args.outputDir}; leave resume_from_checkpoint out to start anew`,
      );
    }
    const state = TrainerState.fromFile(
      await restoreCheckpoint(path, this.#model, this.#optimizer),
    );
    this.savedStep = state.globalStep;
    return state;
  }

  #stateFile(state: TrainerState): TrainerStateFile {
    const { totalSteps, epochs, loggingSteps, evalSteps, saveSteps } = this.#plan;
    return state.toFile({
      eval_steps: evalSteps,
      logging_steps: loggingSteps,
      save_steps: saveSteps,
      max_steps: totalSteps,
      num_train_epochs: Math.ceil(epochs),
      train_batch_size: this.#args.perDeviceTrainBatchSize,
    });
  }
}
