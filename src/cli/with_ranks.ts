/**
 * A command that several processes carry out together.
 *
 * @module
 */
import { chooseAdapter } from "../distributed/choose_adapter.ts";
import type { Communicator } from "../distributed/communicator.ts";
import { communicatorForProcess } from "../distributed/communicator_for_process.ts";
import { environmentVariable } from "../host/environment.ts";
import { failureOf } from "./failure.ts";
import { StoppedRun } from "./stop_signals.ts";

/**
 * Does something on every rank that the launcher started, on its own GPU; without a launcher, in this
 * process. Where it fails on one rank, that one says why and the whole job ends.
 *
 * @param work What to do; all ranks make the same calls of the communicator.
 * @param timeout How long ranks wait for each other, in seconds; null for half an hour.
 * @param options The communicator. Default: that of the launcher.
 * @throws {UsageError} If MPI cannot be used.
 * @throws {Error} What the work throws in a single process, and that a signal stopped it.
 */
export async function withRanks(
  work: (communicator: Communicator) => Promise<void>,
  timeout: number | null,
  {
    communicator = communicatorForProcess({ timeout: timeout ?? undefined, exitOnSigterm: false }),
  }: {
    communicator?: Communicator;
  } = {},
): Promise<void> {
  if (communicator.size === 1) {
    await work(communicator);
    return await communicator.finish();
  }
  try {
    chooseAdapter(communicator);
    await work(communicator);
  } catch (error) {
    if (!(error instanceof StoppedRun)) {
      const { message, code } = failureOf(error, Boolean(environmentVariable("SENTRAIN_DEBUG")));
      await communicator.abort(code, message);
    }
    // All ranks were stopped together.
    await communicator.finish();
    throw error;
  }
  await communicator.finish();
}
