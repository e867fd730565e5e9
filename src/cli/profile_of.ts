/**
 * The profile that flags of `train` ask for.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { ProfileCallback } from "../train/callbacks/profile_callback.ts";
import type { RunInputs } from "./run_inputs.ts";

/**
 * Reads the flags of a profile.
 *
 * @param inputs What the command line says.
 * @returns What records it; undefined where none is asked for.
 * @throws {UsageError} If there are steps and no file, or the steps are not written as wanted.
 */
export function profileOf({ own }: Pick<RunInputs, "own">): ProfileCallback | undefined {
  const file = own.get("profile")?.at(-1);
  const steps = own.get("profile-steps")?.at(-1);
  if (file === undefined) {
    if (steps === undefined) return undefined;
    throw new UsageError(`Cannot use --profile-steps ${steps} without --profile; give both`);
  }
  if (steps === undefined) return new ProfileCallback({ file });
  const [, first, count] = /^(\d+):(\d+)$/.exec(steps) ?? [];
  if (!(Number(first) >= 1 && Number(count) >= 1)) {
    throw new UsageError(
      `Cannot read --profile-steps: found "${steps}", wanted FIRST:COUNT such as 5:10, both from 1 on`,
    );
  }
  return new ProfileCallback({ file, firstStep: Number(first), steps: Number(count) });
}
