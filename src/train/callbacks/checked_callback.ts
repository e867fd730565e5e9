/**
 * Looks whether something is a callback, before it silently does nothing.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { CallbackMoment, TrainerCallback } from "./callback.ts";

type CallbackLike = TrainerCallback | (new () => TrainerCallback);

/** Every moment; the compiler sees to it that none is missing. */
const MOMENTS = {
  onInitEnd: true,
  onTrainBegin: true,
  onEpochBegin: true,
  onStepBegin: true,
  onSubstepEnd: true,
  onPreOptimizerStep: true,
  onOptimizerStep: true,
  onStepEnd: true,
  onLog: true,
  onEvaluate: true,
  onSave: true,
  onPredictionStep: true,
  onPredict: true,
  onEpochEnd: true,
  onTrainEnd: true,
} satisfies Record<CallbackMoment, true>;

/**
 * Checks a callback.
 *
 * @param callback A callback, or a class of callbacks whose constructor needs nothing.
 * @returns The callback, made of its class where it was one.
 * @throws {UsageError} If it is neither, or has a method `on...` that no moment calls.
 */
export function checkedCallback(callback: CallbackLike): TrainerCallback {
  const made: unknown = typeof callback === "function" ? new callback() : callback;
  if (typeof made !== "object" || made === null) {
    throw new UsageError(
      `Cannot add a callback: found ${
        JSON.stringify(made) ?? typeof made
      }, wanted an object with methods such as onStepEnd`,
    );
  }
  const known = Object.keys(MOMENTS);
  for (const name of methodsOf(made)) {
    if (!/^on[A-Z]/.test(name) || known.includes(name)) continue;
    const guess = nearest(name, known);
    throw new UsageError(
      `Cannot add a callback: no moment calls its method ${name}; there are ${known.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  return made as TrainerCallback;
}

function methodsOf(value: object): string[] {
  const names: string[] = [];
  for (let owner = value; owner !== Object.prototype && owner !== null;) {
    names.push(...Object.getOwnPropertyNames(owner));
    owner = Object.getPrototypeOf(owner);
  }
  return names;
}
