/**
 * The command line: `deno run -A cli.ts COMMAND`.
 *
 * @module
 */
import { doctor } from "./src/cli/doctor.ts";
import { encode } from "./src/cli/encode.ts";
import { evaluate } from "./src/cli/evaluate.ts";
import { evaluators } from "./src/cli/evaluators.ts";
import { failureOf } from "./src/cli/failure.ts";
import { helpText, unknownCommand } from "./src/cli/help.ts";
import { losses } from "./src/cli/losses.ts";
import { train } from "./src/cli/train.ts";
import { tune } from "./src/cli/tune.ts";

const HELP_WIDTH = 100;

const COMMANDS: Readonly<Record<string, (tokens: readonly string[]) => Promise<void> | void>> = {
  train,
  evaluate,
  encode,
  losses,
  evaluators,
  doctor,
  tune,
  help: ([command]) => console.log(helpText(command, HELP_WIDTH)),
};

async function main([name = "help", ...tokens]: readonly string[]): Promise<void> {
  if (isHelp(name)) return await main(["help", ...tokens]);
  if (!Object.hasOwn(COMMANDS, name)) throw unknownCommand(name);
  if (tokens.some(isHelp)) return await main(["help", name]);
  await COMMANDS[name](tokens);
}

function isHelp(token: string): boolean {
  return token === "-h" || token === "--help";
}

function wantsTraces(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "SENTRAIN_DEBUG" });
  return state === "granted" && !["", "0", undefined].includes(Deno.env.get("SENTRAIN_DEBUG"));
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
