/**
 * The command line: `deno run -A cli.ts COMMAND`.
 *
 * @module
 */
import { doctor } from "./src/cli/doctor.ts";
import { encode } from "./src/cli/encode.ts";
import { evaluate } from "./src/cli/evaluate.ts";
import { helpText } from "./src/cli/help.ts";
import { train } from "./src/cli/train.ts";
import { UsageError } from "./src/errors.ts";
import { nearest } from "./src/nearest.ts";

const HELP_WIDTH = 100;

const COMMANDS: Readonly<Record<string, (tokens: readonly string[]) => Promise<void> | void>> = {
  train,
  evaluate,
  encode,
  doctor,
  help: ([command]) => console.log(helpText(command, HELP_WIDTH)),
};

async function main([name = "help", ...tokens]: readonly string[]): Promise<number> {
  try {
    if (name === "-h" || name === "--help") return await main(["help"]);
    if (tokens.some((token) => token === "-h" || token === "--help")) {
      return await main(["help", name]);
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS);
      const guess = nearest(name, known);
      throw new UsageError(
        `Cannot run "${name}": the commands are ${known.join(", ")}${
          guess === null ? "" : `; did you mean "${guess}"?`
        }`,
      );
    }
    await command(tokens);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
