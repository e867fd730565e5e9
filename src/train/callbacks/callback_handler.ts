/**
 * Calls callbacks in order, and keeps their states. Source: `CallbackHandler` of transformers.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { errorLike } from "../error_like.ts";
import type { CallbackMoment, CallbackRun, TrainerCallback } from "./callback.ts";
import type { CallbackState } from "./callback_state.ts";
import type { TrainerControl } from "./trainer_control.ts";

/** A class of callbacks, to find one by. */
export type CallbackClass = abstract new (...args: never[]) => TrainerCallback;

/** Key of the control in `stateful_callbacks`. */
const CONTROL = "TrainerControl";

/** The callbacks of a trainer. */
export class CallbackHandler {
  #callbacks: readonly TrainerCallback[];
  /** The callbacks that have a method, by its name: looked up once, for steps come often. */
  readonly #listeners: Map<CallbackMoment, readonly TrainerCallback[]> = new Map();

  /**
   * Takes callbacks.
   *
   * @param callbacks In the order in which they are called.
   */
  constructor(callbacks: readonly TrainerCallback[] = []) {
    this.#callbacks = [...callbacks];
  }

  /** The callbacks in order. */
  get callbacks(): readonly TrainerCallback[] {
    return this.#callbacks;
  }

  /**
   * Adds a callback after all others.
   *
   * @param callback A callback, or a class whose constructor needs nothing.
   */
  add(callback: TrainerCallback | (new () => TrainerCallback)): void {
    this.#set([...this.#callbacks, typeof callback === "function" ? new callback() : callback]);
  }

  /**
   * Takes a callback out.
   *
   * @param which The callback, or a class: the first callback of that class.
   * @returns The callback; null where there was none.
   */
  pop(which: TrainerCallback | CallbackClass): TrainerCallback | null {
    const found = this.#callbacks.find((callback) =>
      typeof which === "function" ? callback instanceof which : callback === which
    );
    if (found === undefined) return null;
    const place = this.#callbacks.indexOf(found);
    this.#set(this.#callbacks.filter((_, i) => i !== place));
    return found;
  }

  /**
   * Takes a callback out.
   *
   * @param which The callback, or a class: the first callback of that class.
   * @returns Whether there was one.
   */
  remove(which: TrainerCallback | CallbackClass): boolean {
    return this.pop(which) !== null;
  }

  /**
   * Whether a callback has the method, so that what only it would read can be left undone.
   *
   * @param moment The method.
   * @returns Whether there is one.
   */
  listens(moment: CallbackMoment): boolean {
    return this.#listenersOf(moment).length > 0;
  }

  /**
   * Resets the switches of the control that the moment resets, listened to or not, and calls the
   * method of every callback that has it, one after the other.
   *
   * `onTrainBegin`, `onEpochBegin` and `onStepBegin` reset what
   * {@linkcode TrainerControl.newTraining}, {@linkcode TrainerControl.newEpoch} and
   * {@linkcode TrainerControl.newStep} do; `onLog`, `onEvaluate` and `onSave` the one switch that
   * asked for them.
   *
   * @param moment The method.
   * @param run The run.
   * @returns Nothing to wait for where no callback has the method. Else a promise; it is rejected if
   *   a callback fails, with an error that names callback and moment and has the callback's error as
   *   its cause and, where that is one of the four that may be caught, its class.
   */
  call(moment: CallbackMoment, run: CallbackRun): Promise<void> | undefined {
    resetControl(moment, run.control);
    const listeners = this.#listenersOf(moment);
    return listeners.length === 0 ? undefined : callAll(listeners, moment, run);
  }

  /**
   * The states of control and callbacks, as `stateful_callbacks` of `trainer_state.json` holds them.
   *
   * @param control The control.
   * @returns States by name; a list where several callbacks share a name.
   */
  state(control: TrainerControl): Record<string, CallbackState | CallbackState[]> {
    const byName = Map.groupBy(
      this.#callbacks.filter(({ state }) => state !== undefined),
      callbackName,
    );
    const states: Record<string, CallbackState | CallbackState[]> = {};
    for (const [name, callbacks] of byName) {
      const found = callbacks.map((callback) => callback.state!());
      states[name] = found.length === 1 ? found[0] : found;
    }
    states[CONTROL] = control.toJson();
    return states;
  }

  /**
   * Gives control and callbacks what {@linkcode CallbackHandler.state} gave. Callbacks of one name
   * take theirs in order; a callback that the checkpoint does not know stays as it is.
   *
   * @param states The content of `stateful_callbacks`; entries that are no states are left alone.
   * @param control The control.
   * @returns Names of states that no callback takes.
   * @throws {InputError} If the state of a callback is damaged.
   */
  restore(states: Readonly<Record<string, unknown>>, control: TrainerControl): string[] {
    const unknown: string[] = [];
    for (const [name, entry] of Object.entries(states)) {
      const takers: Pick<TrainerCallback, "restore">[] = name === CONTROL
        ? [control]
        : this.#callbacks.filter((callback) => callbackName(callback) === name);
      const entries: unknown[] = Array.isArray(entry) ? entry : [entry];
      if (takers.length === 0) {
        if (entries.length > 0 && entries.every(isState)) unknown.push(name);
        continue;
      }
      for (const [i, taker] of takers.slice(0, entries.length).entries()) {
        const state = entries[i];
        if (!isState(state)) {
          throw new InputError(
            `Cannot restore ${name}: found ${JSON.stringify(state)} in stateful_callbacks, ` +
              'wanted an object with "args" and "attributes"; the checkpoint is damaged',
          );
        }
        taker.restore?.(state);
      }
    }
    return unknown;
  }

  #set(callbacks: readonly TrainerCallback[]): void {
    this.#callbacks = callbacks;
    this.#listeners.clear();
  }

  #listenersOf(moment: CallbackMoment): readonly TrainerCallback[] {
    let listeners = this.#listeners.get(moment);
    if (listeners === undefined) {
      listeners = this.#callbacks.filter((callback) => callback[moment] !== undefined);
      this.#listeners.set(moment, listeners);
    }
    return listeners;
  }
}

function resetControl(moment: CallbackMoment, control: TrainerControl): void {
  if (moment === "onTrainBegin") control.newTraining();
  else if (moment === "onEpochBegin") control.newEpoch();
  else if (moment === "onStepBegin") control.newStep();
  else if (moment === "onLog") control.shouldLog = false;
  else if (moment === "onEvaluate") control.shouldEvaluate = false;
  else if (moment === "onSave") control.shouldSave = false;
}

async function callAll(
  callbacks: readonly TrainerCallback[],
  moment: CallbackMoment,
  run: CallbackRun,
): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback[moment]!(run);
    } catch (cause) {
      throw failure(callback, moment, cause);
    }
  }
}

function failure(callback: TrainerCallback, moment: CallbackMoment, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return errorLike(cause, `Callback ${callbackName(callback)} failed in ${moment}: ${reason}`);
}

function callbackName(callback: TrainerCallback): string {
  return callback.name ?? callback.constructor.name;
}

function isState(value: unknown): value is CallbackState {
  if (!isObject(value)) return false;
  return isObject(value.args) && isObject(value.attributes);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
