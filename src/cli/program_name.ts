/**
 * How the command line was called.
 *
 * @module
 */
import { environmentVariable } from "../host/environment.ts";

/** What help and messages say where nobody tells. */
export const PROGRAM = "deno run -A cli.ts";

/** The words before a command. `dev` says how it was called, as there may be no other Deno. */
export function programName(): string {
  return environmentVariable("SENTRAIN_COMMAND") || PROGRAM;
}
