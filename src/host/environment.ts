/**
 * Variables of the environment.
 *
 * @module
 */
import { host } from "./host.ts";

/**
 * Reads a variable of the environment. One that may not be read is as if it were not set, and nobody
 * is asked to permit it.
 *
 * @param name Its name.
 * @returns Its value; undefined where it is not set, or not permitted.
 */
export function environmentVariable(name: string): string | undefined {
  return host().process.variable(name);
}
