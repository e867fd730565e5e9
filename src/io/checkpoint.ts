/**
 * Checkpoints of a run: `checkpoint-N` directories below the output directory. They are written aside
 * and renamed, so that one which holds its `trainer_state.json` is complete.
 *
 * @module
 */
import { join, resolve } from "@std/path";
import { InputError } from "../errors.ts";
import { removeDirectoryAtomically } from "./write_files.ts";
import { TRAINER_STATE_NAME } from "./trainer_state.ts";

/** A complete checkpoint. */
export interface Checkpoint {
  /** Optimizer steps that it was made after. */
  readonly step: number;
  /** Its directory. */
  readonly path: string;
}

/**
 * Names the directory of a checkpoint.
 *
 * @param step Optimizer steps made so far; a whole number from 0 on.
 * @returns "checkpoint-" and the step.
 * @throws {RangeError} When the step is not such a number.
 */
export function checkpointName(step: number): string {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`Cannot name a checkpoint: found step ${step}, wanted a whole number`);
  }
  return `checkpoint-${step}`;
}

/**
 * Lists the complete checkpoints of a run.
 *
 * @param outputDir The directory of the run.
 * @returns Checkpoints by rising step; none when the directory is missing.
 * @throws {InputError} When the directory cannot be read.
 */
export async function listCheckpoints(outputDir: string): Promise<Checkpoint[]> {
  const checkpoints: Checkpoint[] = [];
  try {
    for await (const { name } of Deno.readDir(outputDir)) {
      const step = /^checkpoint-(0|[1-9]\d*)$/.exec(name)?.[1];
      if (step === undefined) continue;
      const path = join(outputDir, name);
      if (await isFile(join(path, TRAINER_STATE_NAME))) {
        checkpoints.push({ step: Number(step), path });
      }
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot list checkpoints of ${outputDir}: ${reason}`, { cause: error });
  }
  return checkpoints.sort((left, right) => left.step - right.step);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

/**
 * Removes the checkpoints that were written first until `limit` are left. The one written last and the
 * protected one are never removed, so that two can be left for a limit of 1 (the rule of
 * `save_total_limit` in transformers).
 *
 * @param outputDir The directory of the run.
 * @param limit How many to keep; null, 0 or less keeps all.
 * @param protectedPath Directory of the best checkpoint, or null.
 * @returns Paths of the removed checkpoints, oldest first.
 * @throws {OutputError} When one cannot be removed.
 */
export async function rotateCheckpoints(
  outputDir: string,
  limit: number | null,
  protectedPath: string | null,
): Promise<string[]> {
  if (limit === null || limit <= 0) return [];
  const checkpoints = await byAge(await listCheckpoints(outputDir));
  const best = protectedPath === null ? null : resolve(protectedPath);
  const removed = checkpoints.slice(0, -1)
    .map(({ path }) => path)
    .filter((path) => resolve(path) !== best)
    .slice(0, Math.max(0, checkpoints.length - limit));
  for (const path of removed) await removeDirectoryAtomically(path);
  return removed;
}

/**
 * Removes all checkpoints but one.
 *
 * @param outputDir The directory of the run.
 * @param keptPath Directory of the one that stays.
 * @throws {OutputError} When one cannot be removed.
 */
export async function removeOtherCheckpoints(outputDir: string, keptPath: string): Promise<void> {
  for (const { path } of await listCheckpoints(outputDir)) {
    if (resolve(path) !== resolve(keptPath)) await removeDirectoryAtomically(path);
  }
}

/** The step tells nothing of the age where an earlier run has written to the same directory. */
async function byAge(checkpoints: readonly Checkpoint[]): Promise<Checkpoint[]> {
  const times = new Map<Checkpoint, number>();
  for (const checkpoint of checkpoints) {
    const { mtime } = await Deno.stat(join(checkpoint.path, TRAINER_STATE_NAME));
    times.set(checkpoint, mtime?.getTime() ?? 0);
  }
  return checkpoints.toSorted((a, b) => times.get(a)! - times.get(b)! || a.step - b.step);
}
