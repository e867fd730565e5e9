/**
 * A disk of a test's own that is small, or becomes read-only.
 *
 * @module
 */
import { withFolder } from "./with_folder.ts";

/** A file system of a test's own. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Makes it read-only, or writable again. */
  remount(isReadOnly: boolean): void;
}

/**
 * Runs a test on a file system of its own.
 *
 * @param kibibytes Its size.
 * @param test What to do there.
 * @returns Whether this process may mount one; where it may not, nothing was done.
 */
export async function withSmallDisk(
  kibibytes: number,
  test: (disk: SmallDisk) => Promise<void>,
): Promise<boolean> {
  let isMounted = false;
  await withFolder({}, async (folder) => {
    const size = `size=${kibibytes}k`;
    isMounted = run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder) === "";
    if (!isMounted) return;
    try {
      await test({
        folder,
        remount: (isReadOnly) => {
          const error = run("mount", "-o", `remount,${isReadOnly ? "ro" : "rw"},${size}`, folder);
          if (error !== "") throw new Error(error);
        },
      });
    } finally {
      run("umount", folder);
    }
  });
  return isMounted;
}

/** Runs a command; what it says of its failure. */
function run(command: string, ...args: string[]): string {
  try {
    const { success, stderr } = new Deno.Command(command, { args }).outputSync();
    return success ? "" : new TextDecoder().decode(stderr) || "failed";
  } catch (error) {
    return String(error);
  }
}
