/**
 * Where is kept what can be made again, to save the time.
 *
 * @module
 */
import { join } from "@std/path";
import { environmentVariable } from "../host/environment.ts";
import { host } from "../host/host.ts";

/**
 * The folder: `SENTRAIN_CACHE`, else `sentrain` in the system's folder for caches (`XDG_CACHE_HOME`,
 * `~/.cache`, `~/Library/Caches` or `LOCALAPPDATA`).
 *
 * @returns The path; it need not be there. Null where none is known.
 */
export function cacheFolder(): string | null {
  const own = environmentVariable("SENTRAIN_CACHE");
  if (own) return own;
  const home = environmentVariable("HOME") ?? environmentVariable("USERPROFILE");
  const system = environmentVariable("XDG_CACHE_HOME") || environmentVariable("LOCALAPPDATA") ||
    (home && join(home, host().process.os === "darwin" ? "Library/Caches" : ".cache"));
  return system ? join(system, "sentrain") : null;
}
