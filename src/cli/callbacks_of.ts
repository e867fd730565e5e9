/**
 * The callbacks that flags ask for.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { TrainerCallback } from "../train/callbacks/callback.ts";
import { EarlyStoppingCallback } from "../train/callbacks/early_stopping_callback.ts";
import { GradientHistogramCallback } from "../train/callbacks/gradient_histogram_callback.ts";
import { positiveInteger } from "./positive_integer.ts";
import { profileOf } from "./profile_of.ts";
import type { RunInputs } from "./run_inputs.ts";

/**
 * Makes the callbacks that flags of `train` ask for.
 *
 * @param inputs The flags.
 * @returns The callbacks, in the order in which they are called.
 * @throws {UsageError} If a number has no sense, or a flag needs another one.
 */
export function callbacksOf(inputs: RunInputs): TrainerCallback[] {
  const profile = profileOf(inputs);
  const everySteps = positiveInteger(
    "gradient-histograms",
    inputs.own.get("gradient-histograms")?.at(-1),
  );
  return [
    ...earlyStopping(inputs),
    ...profile === undefined ? [] : [profile],
    ...everySteps === undefined ? [] : [new GradientHistogramCallback({ everySteps })],
  ];
}

function earlyStopping({ own }: RunInputs): TrainerCallback[] {
  const flag = "early-stopping-patience";
  const patience = positiveInteger(flag, own.get(flag)?.at(-1));
  const threshold = own.get("early-stopping-threshold")?.at(-1);
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
