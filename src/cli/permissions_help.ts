/**
 * The text of `help permissions`.
 *
 * @module
 */
import { permissionFlags, permissionsOf } from "./permissions.ts";

/** Calls that show what a command needs. */
const EXAMPLES: readonly string[] = [
  "train",
  "train --model ./MODEL --train-dataset FILE --output-dir DIR",
  "evaluate --model ./MODEL --eval-dataset FILE --evaluator NAME",
  "encode --model ./MODEL --output DIR/FILE.npy FILE",
  "export --model ./MODEL --output DIR/NAME",
  "losses",
  "evaluators",
  "report DIR",
  "doctor",
  "tune",
  "completions bash",
  "help",
];

const LEAD = `Each command line permits what its command needs and nothing else:`;

/**
 * Shows with which permissions a command runs.
 *
 * @param tokens A command and its arguments; nothing for an example of each.
 * @returns One command line, ready to run; or several.
 * @throws {UsageError} If there is no such command, or the arguments of `train` are not accepted.
 * @throws {InputError} If the configuration file of `train` cannot be read.
 */
export async function permissionsHelp(tokens: readonly string[]): Promise<string> {
  if (tokens.length > 0) return await commandLine(tokens);
  const lines = EXAMPLES.map((example) => commandLine(example.split(" ")));
  return [LEAD, ...await Promise.all(lines)].join("\n\n");
}

async function commandLine(tokens: readonly string[]): Promise<string> {
  const [command, ...rest] = tokens;
  const flags = permissionFlags(await permissionsOf(command, rest));
  const call = ["cli.ts", ...tokens].map(quoted).join(" ");
  return [["deno run", ...flags.map(quoted)].join(" \\\n  "), call].join(
    flags.length === 0 ? " " : " \\\n  ",
  );
}

/** As a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
