/**
 * The output directory of a run with several ranks: rank 0 opens it, the others learn what it found.
 *
 * @module
 */
import type { OutputLock } from "../../io/output_lock.ts";
import { readTrainerState } from "../../io/trainer_state.ts";
import { type OpenOutput, openOutput } from "../open_output.ts";
import type { RunSetup } from "../run_setup.ts";

/**
 * Opens the output directory.
 *
 * @param setup The ranks, and the directory; of ranks on several machines one that all of them see.
 * @param options See `openOutput`.
 * @returns What it holds; the lock is that of rank 0.
 * @throws {InputError} If the checkpoint is missing or damaged.
 * @throws {OutputError} If another run holds the directory, or it cannot be written.
 */
export async function openOutputTogether(
  { group, args: { outputDir } }: Pick<RunSetup, "group" | "args">,
  options: { from: string | boolean | null; lock?: OutputLock },
): Promise<OpenOutput> {
  if (group === null) return await openOutput(outputDir, options);
  const opened: OpenOutput[] = [];
  try {
    const path = await group.once(async () => {
      opened.push(await openOutput(outputDir, options));
      return opened[0].saved?.path ?? null;
    });
    if (opened.length > 0) return opened[0];
    const saved = path === null ? null : { path, state: await readTrainerState(path) };
    return { lock: null, saved, notes: [], [Symbol.dispose]: () => {} };
  } catch (error) {
    opened[0]?.[Symbol.dispose]();
    throw error;
  }
}
