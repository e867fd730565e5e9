/**
 * What a run tells when it goes on from a checkpoint that another course of it has written.
 *
 * @module
 */
import type { TrainerStateFile } from "../io/trainer_state.ts";

/**
 * Finds what may differ between a checkpoint and the run that goes on from it.
 *
 * @param file The state that the checkpoint holds.
 * @param now Steps of the run, and the number of its processes.
 * @returns A line for each difference.
 */
export function resumeNotes(
  file: Pick<TrainerStateFile, "max_steps" | "stateful_callbacks">,
  { totalSteps, worldSize }: { totalSteps: number; worldSize: number },
): string[] {
  const { identity = {} } = (file.stateful_callbacks.sentrain ?? {}) as {
    identity?: { world_size?: number };
  };
  const ranks = identity.world_size ?? 1;
  return [
    ...file.max_steps === totalSteps ? [] : [
      `The run was to have ${file.max_steps} steps and has now ${totalSteps}: its learning rates are others`,
    ],
    ...ranks === worldSize ? [] : [
      `The run had ${ranks} processes and has now ${worldSize}: gradients are added up in another order, dropout draws other bits`,
    ],
  ];
}
