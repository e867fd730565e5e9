/**
 * The output directory at the beginning of a run: locked, repaired, with the checkpoint to go on from.
 *
 * @module
 */
import { isThere } from "../host/is_there.ts";
import { recoverCheckpoints } from "../io/checkpoint.ts";
import { OutputLock } from "../io/output_lock.ts";
import { readTrainerState, type TrainerStateFile } from "../io/trainer_state.ts";
import { verifyCheckpoint } from "../io/verify_checkpoint.ts";
import { ensureWritableDirectory } from "../io/write_files.ts";
import { findCheckpoint } from "./checkpointer.ts";

/** What a run finds. */
export interface OpenOutput extends Disposable {
  /** Holds the directory for this run; null where another rank holds it. */
  readonly lock: OutputLock | null;
  /** The checkpoint to go on from, which is intact, and its state; null to begin anew. */
  readonly saved: { path: string; state: TrainerStateFile } | null;
  /** What to tell. */
  readonly notes: readonly string[];
}

/**
 * Opens the output directory of a run.
 *
 * @param outputDir The directory; it is made where it is missing.
 * @param options A checkpoint to go on from, true for the newest; and a lock that the caller holds and
 *   keeps. Without one the directory is locked until what is returned is disposed of.
 * @returns What it holds.
 * @throws {InputError} If the checkpoint is missing or damaged; a directory that was missing is not made.
 * @throws {OutputError} If another run holds the directory, or it cannot be written.
 */
export async function openOutput(
  outputDir: string,
  { from, lock: held }: { from: string | boolean | null; lock?: OutputLock },
): Promise<OpenOutput> {
  // Where there is no directory there is nothing to repair, and a wrong path must not leave one behind.
  const isNew = !await isThere(outputDir);
  if (isNew && from) await savedRun(from, outputDir);
  await ensureWritableDirectory(outputDir);
  const lock = held ?? await OutputLock.take(outputDir);
  const close = () => {
    if (held === undefined) lock.release();
  };
  try {
    await recoverCheckpoints(outputDir);
    const saved = from ? await savedRun(from, outputDir) : null;
    const note = saved === null ? null : await verifyCheckpoint(saved.path);
    const notes = [held === undefined ? lock.note : null, note].filter((line) => line !== null);
    return { lock, saved, notes, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

async function savedRun(
  from: string | boolean,
  outputDir: string,
): Promise<{ path: string; state: TrainerStateFile }> {
  const path = await findCheckpoint(from, outputDir);
  return { path, state: await readTrainerState(path) };
}
