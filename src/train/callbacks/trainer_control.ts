/**
 * The switches by which callbacks tell the trainer what to do next.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { CallbackState } from "./callback_state.ts";

/** The switches by upstream name, as `trainer_state.json` holds them. */
const SWITCHES = {
  should_training_stop: "shouldTrainingStop",
  should_epoch_stop: "shouldEpochStop",
  should_save: "shouldSave",
  should_evaluate: "shouldEvaluate",
  should_log: "shouldLog",
} as const;

/** What the trainer does next. Source: `TrainerControl` of transformers. */
export class TrainerControl {
  /** Whether the run ends after this step; stays so until another training begins. */
  shouldTrainingStop = false;
  /** Whether this epoch ends after this step; until the next epoch begins. */
  shouldEpochStop = false;
  /** Whether a checkpoint is written; until it is, or the next step begins. */
  shouldSave = false;
  /** Whether the model is evaluated; until it is, or the next step begins. */
  shouldEvaluate = false;
  /** Whether a record is logged; until it is, or the next step begins. */
  shouldLog = false;

  /** Training begins: it is not to stop. */
  newTraining(): void {
    this.shouldTrainingStop = false;
  }

  /** An epoch begins: it is not to stop. */
  newEpoch(): void {
    this.shouldEpochStop = false;
  }

  /** A step begins: nothing is to be saved, evaluated or logged. */
  newStep(): void {
    this.shouldSave = false;
    this.shouldEvaluate = false;
    this.shouldLog = false;
  }

  /**
   * What a checkpoint keeps, under the name `TrainerControl`.
   *
   * @returns The switches by upstream name, as `args`.
   */
  toJson(): CallbackState {
    const args = Object.entries(SWITCHES).map(([name, property]) => [name, this[property]]);
    return { args: Object.fromEntries(args), attributes: {} };
  }

  /**
   * Takes the switches from a checkpoint; those that it lacks are off.
   *
   * @param state What {@linkcode toJson} gave.
   * @throws {InputError} If a switch is neither true nor false; nothing has changed then.
   */
  restore({ args }: CallbackState): void {
    for (const name of Object.keys(SWITCHES)) {
      const value = args[name] ?? false;
      if (typeof value !== "boolean") {
        throw new InputError(
          `Cannot restore TrainerControl: ${name} is ${JSON.stringify(value)}, ` +
            "wanted true or false; the checkpoint is damaged",
        );
      }
    }
    for (const [name, property] of Object.entries(SWITCHES)) {
      this[property] = args[name] === true;
    }
  }
}
