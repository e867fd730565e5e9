/**
 * The command `completions`.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { bashScript, fishScript, zshScript } from "./completion_scripts.ts";
import { completionSpec, SHELLS } from "./completion_spec.ts";
import { readFlags } from "./read_flags.ts";

const SCRIPTS: Readonly<Record<typeof SHELLS[number], typeof bashScript>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/**
 * Prints a script that makes a shell complete commands, flags and their values.
 *
 * @param tokens The command line after `completions`: the shell.
 * @throws {UsageError} For another shell, or none, or several.
 */
export function completions(tokens: readonly string[]): void {
  const { rest } = readFlags("completions", tokens, {});
  const shell = SHELLS.find((known) => known === rest[0]);
  if (shell === undefined || rest.length > 1) {
    const guess = nearest(rest[0] ?? "", SHELLS);
    throw new UsageError(
      `Cannot print completions: found ${
        rest.length === 0 ? "no shell" : `"${rest.join(" ")}"`
      }, wanted one of ${SHELLS.join(", ")}${guess === null ? "" : `; the nearest is "${guess}"`}`,
    );
  }
  console.log(SCRIPTS[shell](completionSpec()).trimEnd());
}
