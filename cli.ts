/**
 * The command line: `deno run -A cli.ts COMMAND`.
 *
 * @module
 */
import { completions } from "./src/cli/completions.ts";
import { doctor } from "./src/cli/doctor.ts";
import { encode } from "./src/cli/encode.ts";
import { evaluate } from "./src/cli/evaluate.ts";
import { evaluators } from "./src/cli/evaluators.ts";
import { exportOnnx } from "./src/cli/export.ts";
import { failureOf } from "./src/cli/failure.ts";
import { helpText, unknownCommand } from "./src/cli/help.ts";
import { losses } from "./src/cli/losses.ts";
import { permissionsHelp } from "./src/cli/permissions_help.ts";
import { programName } from "./src/cli/program_name.ts";
import { report } from "./src/cli/report.ts";
import { train } from "./src/cli/train.ts";
import { tune } from "./src/cli/tune.ts";
import { environmentVariable } from "./src/host/environment.ts";

const HELP_WIDTH = 100;

const COMMANDS: Readonly<Record<string, (tokens: readonly string[]) => Promise<void> | void>> = {
  train,
  evaluate,
  encode,
  export: exportOnnx,
  losses,
  evaluators,
  report,
  doctor,
  tune,
  completions,
  help: async ([command, ...rest]) =>
    console.log(
      command === "permissions"
        ? await permissionsHelp(rest)
        : helpText(command, HELP_WIDTH, programName()),
    ),
};

/**
 * Runs a command.
 *
 * @param tokens The command line: a command and its flags.
 * @throws {Error} Whatever the command does; the program ends with its message then.
 */
export async function main([name = "help", ...tokens]: readonly string[]): Promise<void> {
  if (isHelp(name)) return await main(["help", ...tokens]);
  if (!Object.hasOwn(COMMANDS, name)) throw unknownCommand(name);
  if (tokens.some(isHelp)) return await main(["help", name]);
  await COMMANDS[name](tokens);
}

function isHelp(token: string): boolean {
  return token === "-h" || token === "--help";
}

function wantsTraces(): boolean {
  return !["", "0", undefined].includes(environmentVariable("SENTRAIN_DEBUG"));
}

if (import.meta.main) {
  try {
    await main(Deno.args);
    Deno.exit(0);
  } catch (error) {
    const { message, code } = failureOf(error, wantsTraces());
    console.error(message);
    Deno.exit(code);
  }
}
