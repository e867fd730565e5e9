/**
 * The home directory in paths, as a shell would write it.
 *
 * @module
 */
import { environmentVariable } from "../../host/environment.ts";
import { UsageError } from "../../errors.ts";

/**
 * Puts the home directory in the place of a `~` at the start of a path.
 *
 * @param path any path; only `~` alone and `~/` at its start are replaced
 * @param home the home directory; by default that of the environment, read only where it is needed
 * @returns the path without `~`
 * @throws {UsageError} if the home directory is needed and not known
 */
export function expandHome(path: string, home?: string): string {
  if (!/^~(?=$|[\\/])/.test(path)) return path;
  const directory = home ?? environmentVariable("HOME") ?? environmentVariable("USERPROFILE");
  if (directory === undefined) {
    throw new UsageError(
      `Cannot find ${path}: the environment has no HOME; give the path without ~`,
    );
  }
  return directory + path.slice(1);
}
