/**
 * Checkpoints of a run: `checkpoint-N` directories below the output directory. They are written aside
 * and renamed, so that one which holds its `trainer_state.json` is complete.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError, OutputError } from "../errors.ts";
import { isNotADirectory, isNotFound } from "../host/file_errors.ts";
import { host } from "../host/host.ts";
import { readText } from "../host/read_text.ts";
import { verifyChecksums } from "./checksums.ts";
import { parseTemporaryName, TEMPORARY_PREFIX, type TemporaryKind } from "./temporary_name.ts";
import { TRAINER_STATE_NAME } from "./trainer_state.ts";
import { removeDirectoryAtomically } from "./write_files.ts";

const CHECKPOINT_NAME = /^checkpoint-(0|[1-9]\d*)$/;

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
    for await (const { name } of host().files.readDir(outputDir)) {
      const step = CHECKPOINT_NAME.exec(name)?.[1];
      if (step === undefined) continue;
      const path = join(outputDir, name);
      if (await isFile(join(path, TRAINER_STATE_NAME))) {
        checkpoints.push({ step: Number(step), path });
      }
    }
  } catch (error) {
    if (isNotFound(error)) return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot list checkpoints of ${outputDir}: ${reason}`, { cause: error });
  }
  return checkpoints.sort((left, right) => left.step - right.step);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await host().files.stat(path)).isFile;
  } catch (error) {
    if (isNotFound(error) || isNotADirectory(error)) {
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
  const best = protectedPath === null ? null : host().files.absolute(protectedPath);
  const removed = checkpoints.slice(0, -1)
    .map(({ path }) => path)
    .filter((path) => host().files.absolute(path) !== best)
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
    if (host().files.absolute(path) !== host().files.absolute(keptPath)) {
      await removeDirectoryAtomically(path);
    }
  }
}

/**
 * Repairs the directory of a run after a process was killed in it. What was being replaced comes back
 * under its name: a checkpoint whose replacement is whole as the replacement, anything else as it was.
 * A checkpoint that is whole and had only to be renamed gets its name, too. All other temporary entries
 * are removed.
 *
 * No other process may write to the directory meanwhile.
 *
 * @param outputDir The directory of the run; nothing is done where there is none.
 * @throws {InputError} When the directory cannot be read.
 * @throws {OutputError} When an entry cannot be renamed or removed.
 */
export async function recoverCheckpoints(outputDir: string): Promise<void> {
  const leftovers = new Set(await leftoversOf(outputDir));
  for (const leftover of await newestWhole(leftovers)) {
    const target = join(outputDir, leftover.name);
    if (await isThere(target)) continue;
    try {
      await host().files.rename(leftover.path, target);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OutputError(`Cannot put ${target} back: ${reason}`, { cause: error });
    }
    leftovers.delete(leftover);
  }
  for (const { path } of leftovers) await removeDirectoryAtomically(path);
}

/** A temporary entry. */
interface Leftover {
  readonly path: string;
  /** The name that it is to get, or had; empty for a file, which is never put back. */
  readonly name: string;
  readonly kind: TemporaryKind;
}

async function leftoversOf(outputDir: string): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  try {
    for await (const entry of host().files.readDir(outputDir)) {
      if (!entry.name.startsWith(TEMPORARY_PREFIX)) continue;
      const parsed = entry.isDirectory ? parseTemporaryName(entry.name) : null;
      leftovers.push({
        path: join(outputDir, entry.name),
        name: parsed?.name ?? "",
        kind: parsed?.kind ?? "removed",
      });
    }
  } catch (error) {
    if (isNotFound(error) || isNotADirectory(error)) {
      return [];
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot recover checkpoints of ${outputDir}: ${reason}`, { cause: error });
  }
  return leftovers;
}

/** For every name, the newest of the entries that are whole. */
async function newestWhole(leftovers: Iterable<Leftover>): Promise<Leftover[]> {
  const newest = new Map<string, { leftover: Leftover; time: number }>();
  for (const leftover of leftovers) {
    const time = await timeOfWhole(leftover);
    if (time === null) continue;
    const other = newest.get(leftover.name)?.time ?? -Infinity;
    // What was replaced is older than its replacement, even at the same time.
    if (time > other || (time === other && leftover.kind === "new")) {
      newest.set(leftover.name, { leftover, time });
    }
  }
  return [...newest.values()].map(({ leftover }) => leftover);
}

/** When an entry became whole, in milliseconds; 0 where that is not known, null where it is not whole. */
async function timeOfWhole({ path, name, kind }: Leftover): Promise<number | null> {
  if (kind === "removed") return null;
  const state = join(path, TRAINER_STATE_NAME);
  // The state is written last, and may have been cut off itself. Where the machine failed, the files
  // before it may be, too.
  const isWhole = CHECKPOINT_NAME.test(name) && await isJson(state) && await agrees(path);
  if (isWhole) return (await host().files.stat(state)).mtime?.getTime() ?? 0;
  return kind === "replaced" ? 0 : null;
}

async function isJson(path: string): Promise<boolean> {
  try {
    JSON.parse(await readText(path));
    return true;
  } catch {
    return false;
  }
}

async function agrees(path: string): Promise<boolean> {
  return await verifyChecksums(path).then(() => true, () => false);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await host().files.lstat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** The step tells nothing of the age where an earlier run has written to the same directory. */
async function byAge(checkpoints: readonly Checkpoint[]): Promise<Checkpoint[]> {
  const times = new Map<Checkpoint, number>();
  for (const checkpoint of checkpoints) {
    const { mtime } = await host().files.stat(join(checkpoint.path, TRAINER_STATE_NAME));
    times.set(checkpoint, mtime?.getTime() ?? 0);
  }
  return checkpoints.toSorted((a, b) => times.get(a)! - times.get(b)! || a.step - b.step);
}
