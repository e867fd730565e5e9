/**
 * What a run does for its checkpoints when something goes wrong: it goes on without one, or leaves one
 * before it ends.
 *
 * @module
 */
import { DeviceError, OutputError } from "../errors.ts";
import { isThere } from "../host/is_there.ts";
import type { OutputLock } from "../io/output_lock.ts";
import { errorLike } from "./error_like.ts";
import { Interruption } from "./interruption.ts";
import { onceFor } from "./parallel/rank_group.ts";
import type { RunEvents } from "./run_events.ts";
import type { RunLog } from "./run_log.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";

/** Milliseconds between two moments in which signals are received. */
const LISTEN_MS = 100;

/** What a rescue needs of the run. */
export interface RescueInputs {
  /** What the run works with. */
  readonly setup: RunSetup;
  /** What it is made of. */
  readonly parts: RunParts;
  /** Shows lines. */
  readonly log: RunLog;
  /** Where the run stands. */
  readonly events: RunEvents;
}

/** Saves as well as can be done. */
export class RunRescue {
  /** Why the latest attempt to save failed; null where it succeeded. */
  failure: OutputError | null = null;
  /** Holds the output directory; null where nobody does. */
  lock: OutputLock | null = null;
  /** Whether the parameters are those after a whole number of steps: only then can be saved. */
  isBetweenSteps = false;
  readonly #inputs: RescueInputs;
  #listened = 0;

  /**
   * Nothing is saved yet.
   *
   * @param inputs What it needs of the run.
   */
  constructor(inputs: RescueInputs) {
    this.#inputs = inputs;
  }

  /**
   * Does what saves something. Where it fails and `onSaveFailure` says so, the run goes on.
   *
   * @param save What to do.
   * @returns Whether it succeeded.
   * @throws {OutputError} If it failed and the run is to stop.
   */
  async attempt(save: () => Promise<void>): Promise<boolean> {
    const { setup: { inputs, group }, parts: { checkpointer }, log } = this.#inputs;
    const { onSaveFailure = "stop" } = inputs;
    try {
      const note = await onceFor(group, () => this.lock?.confirm() ?? null);
      if (note !== null) log.message(note);
      await save();
      this.failure = null;
      return true;
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      const { savedPath } = checkpointer;
      const isWhole = savedPath !== null && await isThere(savedPath);
      const rest = isWhole ? `${savedPath} is whole` : "there is no checkpoint";
      this.failure = new OutputError(`${error.message}; ${rest}`, { cause: error });
      if (onSaveFailure === "stop") throw this.failure;
      log.message(`${this.failure.message}; training goes on`);
      return false;
    }
  }

  /**
   * Ends the run where it was asked to stop.
   *
   * @throws {Interruption} If it was.
   */
  heed(): void {
    const { setup: { inputs: { signal } }, events: { state } } = this.#inputs;
    if (signal?.aborted) throw new Interruption(signal.reason, { step: state.globalStep });
  }

  /**
   * Ends the run where it was asked to stop, from within work that never waits: signals are received
   * only while nothing else runs.
   *
   * @throws {Interruption} If it was.
   */
  async listen(): Promise<void> {
    if (this.#inputs.setup.inputs.signal === undefined) return;
    if (performance.now() - this.#listened > LISTEN_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#listened = performance.now();
    }
    this.heed();
  }

  /**
   * Leaves a checkpoint before the run ends with an error: always where it was asked to stop; for other
   * errors unless `save_strategy` is "no". None can be saved within a step, nor when the device or the
   * disk is what failed.
   *
   * @param error What was thrown.
   * @param save Writes a checkpoint; what is still to be done at this step stays written down in it.
   * @returns What to throw: an error of the same kind that tells where the checkpoint lies.
   */
  async before(error: unknown, save: () => Promise<void>): Promise<unknown> {
    const { setup: { args, group }, parts: { checkpointer }, events: { state } } = this.#inputs;
    const isAsked = error instanceof Interruption;
    // Other ranks go on, and save nothing together with this one.
    if (group !== null && !isAsked) return error;
    if (error instanceof DeviceError || error instanceof OutputError) return error;
    if (!isAsked && args.saveStrategy === "no") return error;
    const isNew = state.globalStep > 0 && checkpointer.savedStep !== state.globalStep;
    if (isNew && this.isBetweenSteps) {
      try {
        await onceFor(group, () => this.lock?.confirm() ?? null);
        await save();
      } catch (failure) {
        const { message } = failure as Error;
        return isAsked
          ? errorLike(failure, `${message}; the run was asked to stop, and is not saved`)
          : errorLike(error, `${textOf(error)}; and the run could not be saved: ${message}`);
      }
    }
    const { savedPath, savedStep } = checkpointer;
    if (isAsked) {
      const { reason } = this.#inputs.setup.inputs.signal!;
      return new Interruption(reason, { step: state.globalStep, checkpoint: savedPath });
    }
    return savedPath === null
      ? error
      : errorLike(error, `${textOf(error)}; the run up to step ${savedStep} is in ${savedPath}`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
