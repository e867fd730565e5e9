/**
 * Looks whether a checkpoint is what was written, before a run goes on from it.
 *
 * @module
 */
import { dirname } from "@std/path";
import { InputError } from "../errors.ts";
import { host } from "../host/host.ts";
import { listCheckpoints } from "./checkpoint.ts";
import { CHECKSUMS_NAME, verifyChecksums } from "./checksums.ts";

/**
 * Compares a checkpoint with its checksums. One that is damaged is never passed over in silence: the
 * newest of its neighbours that is intact is named, and whoever started the run decides.
 *
 * @param path Its directory.
 * @returns What to tell: that there is nothing to compare with; null where all is well.
 * @throws {InputError} If a file is missing or damaged.
 */
export async function verifyCheckpoint(path: string): Promise<string | null> {
  try {
    if (await verifyChecksums(path)) return null;
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${cause.message}; ${await advice(path)}`, { cause });
  }
  return `${path} has no ${CHECKSUMS_NAME}: whether its files are intact is not known`;
}

async function advice(damaged: string): Promise<string> {
  for (
    const { path } of (await listCheckpoints(dirname(host().files.absolute(damaged)))).toReversed()
  ) {
    if (host().files.absolute(path) === host().files.absolute(damaged)) continue;
    const isIntact = await verifyChecksums(path).catch(() => false);
    if (isIntact) {
      return `${path} is intact: to go on from it, give it as resume_from_checkpoint`;
    }
  }
  return "no other checkpoint beside it is known to be intact; start anew";
}
