/**
 * Reads the command line of a command that takes no training arguments.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { flagOf, type OwnFlag } from "../train/arguments/flags.ts";

/** What a command line says. */
export interface CommandLine<Name extends string> {
  /** The values of each flag that is given. */
  readonly flags: ReadonlyMap<Name, readonly string[]>;
  /** What is no flag, in its order. */
  readonly rest: readonly string[];
}

/**
 * Reads a command line. A flag is spelt with `-` or `_`, its value follows after a space or `=`; `--`
 * ends the flags.
 *
 * @param command The command, for messages.
 * @param tokens What follows it.
 * @param known Its flags by name, without the leading `--`.
 * @returns What is given.
 * @throws {UsageError} For an unknown flag, or a value that is missing or given twice.
 */
export function readFlags<Name extends string>(
  command: string,
  tokens: readonly string[],
  known: Readonly<Record<Name, OwnFlag>>,
): CommandLine<Name> {
  const flags = new Map<Name, string[]>();
  const rest: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === "--") return { flags, rest: [...rest, ...tokens.slice(i + 1)] };
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(tokens[i]);
    if (match === null) {
      rest.push(tokens[i]);
      continue;
    }
    const name = match[1].replaceAll("_", "-");
    if (!isFlag(name, known)) throw unknownFlag(command, match[1], Object.keys(known));
    const value = match[2] ?? (tokens.at(i + 1)?.startsWith("--") ? undefined : tokens[++i]);
    if (value === undefined) {
      throw new UsageError(
        `Cannot read ${flagOf(name)}: its value is missing; put it after the flag`,
      );
    }
    const values = flags.get(name) ?? [];
    if (values.length > 0 && known[name].takes === "text") {
      throw new UsageError(`Cannot read ${flagOf(name)}: it is given twice; keep one`);
    }
    flags.set(name, [...values, value]);
  }
  return { flags, rest };
}

function isFlag<Name extends string>(
  name: string,
  known: Readonly<Record<Name, OwnFlag>>,
): name is Name {
  return Object.hasOwn(known, name);
}

function unknownFlag(command: string, name: string, known: readonly string[]): UsageError {
  const guess = nearest(name, known);
  return new UsageError(
    `Cannot read --${name}: ` +
      (known.length === 0
        ? `${command} takes no flags`
        : `the flags of ${command} are ${known.map(flagOf).join(", ")}`) +
      (guess === null ? "" : `; the nearest is ${flagOf(guess)}`),
  );
}
