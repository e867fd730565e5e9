/**
 * The small files of a checkpoint that going on needs: schedule, loss scale, seeds. Their keys are those of
 * PyTorch's own states where there are such.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { StepControlState } from "../optim/step_control.ts";
import type { CheckpointedRun } from "./checkpointer.ts";
import type { ResumeFiles } from "./checkpoint_files.ts";

/**
 * Reads the state back from the GPU and writes it down.
 *
 * @param run The run.
 * @returns Objects by file name; `scaler.json` with loss scaling alone.
 */
export async function resumeFiles(
  { args, control, schedule, learningRates }: CheckpointedRun,
): Promise<ResumeFiles> {
  const { scale, growthTracker, updates, skipped } = await control.read();
  const factor = schedule.factor(updates);
  return {
    "scheduler.json": {
      last_epoch: updates,
      base_lrs: learningRates,
      _last_lr: learningRates.map((rate) => rate * factor),
      skipped_steps: skipped,
      state: schedule.state(),
    },
    ...(control.scaling && {
      "scaler.json": {
        scale,
        growth_factor: 2,
        backoff_factor: 0.5,
        growth_interval: 2000,
        _growth_tracker: growthTracker,
      },
    }),
    // Random bits are a function of these, of the step and of the place: there is no state to keep.
    "rng_state.json": { seed: args.seed, data_seed: args.dataSeed ?? args.seed },
  };
}

/**
 * Reads the state that the GPU holds of a run.
 *
 * @param path The checkpoint, for messages.
 * @param files Objects by file name.
 * @param options Whether the run scales its loss.
 * @returns The state.
 * @throws {InputError} If a file or a number is missing, or a number has no sense.
 */
export function readControlState(
  path: string,
  files: ResumeFiles,
  { isScaling }: { isScaling: boolean },
): StepControlState {
  const scheduler = "scheduler.json";
  const scaler = isScaling ? "scaler.json" : null;
  const count = (name: "scheduler.json" | "scaler.json", key: string): number => {
    const value = number(name, key);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new InputError(
      `Cannot resume from ${path}: ${key} of ${name} is ${value}, wanted a whole number from 0 on`,
    );
  };
  const number = (name: "scheduler.json" | "scaler.json", key: string): number => {
    if (files[name] === undefined) {
      throw new InputError(
        `Cannot resume from ${path}: ${name} is missing; use another checkpoint, or start anew`,
      );
    }
    const value = files[name][key];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new InputError(
      `Cannot resume from ${path}: ${key} of ${name} is ${JSON.stringify(value)}, wanted a number`,
    );
  };
  return {
    scale: scaler === null ? 1 : number(scaler, "scale"),
    growthTracker: scaler === null ? 0 : count(scaler, "_growth_tracker"),
    updates: count(scheduler, "last_epoch"),
    skipped: count(scheduler, "skipped_steps"),
  };
}
