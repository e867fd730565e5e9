/**
 * Reads a command line: flags of training arguments, and flags of the command itself.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { argumentNameOf } from "./argument_name.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { type ArgumentName, argumentNames } from "./fields.ts";
import { flagValue, isSwitch } from "./flag_value.ts";
import { laterOnlyName, refuseLaterOnly } from "./later_only.ts";
import type { Leniency } from "./leniency.ts";

/** A flag of the command itself. */
export interface OwnFlag {
  /** What follows it: nothing, one text, or a text each time that it is given. */
  readonly takes: "nothing" | "text" | "texts";
  /** The text that it means where none follows it; without this one must follow. */
  readonly alone?: string;
}

/** What a command line says. */
export interface ParsedFlags {
  /** The texts of each of the command's own flags that is given; none for one that takes nothing. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** The training arguments that are given, checked, by property name. */
  readonly arguments: Partial<ArgumentValues>;
}

/** One flag and the text that belongs to it. */
interface Given {
  /** As it was typed, without its value. */
  flag: string;
  /**
   * The name of the command's own flag, the upstream name of an argument, or of one that only later
   * versions upstream have.
   */
  target: { own: string } | { argument: ArgumentName } | { later: string };
  /** What follows it, or `null`. */
  text: string | null;
}

/** How a flag is spelt on a command line: `--num-train-epochs`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/**
 * Reads a command line. A flag is spelt with `-` or `_`, its value follows after a space or `=`. A
 * flag of a boolean argument may stand alone for true; `--no-` before its name means false. Where the
 * command has a flag `lenient` of its own, giving it makes reading lenient.
 *
 * @param tokens what follows the command
 * @param own the command's own flags by name, without the leading `--`
 * @param leniency whether values that are not honoured give way to the defaults
 * @returns what is given
 * @throws {UsageError} for an unknown flag (the message names the nearest), one that only later
 *   versions upstream have, a value that is missing, given twice, without a flag or not accepted
 */
export function parseFlags(
  tokens: readonly string[],
  own: Readonly<Record<string, OwnFlag>> = {},
  leniency: Leniency = {},
): ParsedFlags {
  const ownTexts = new Map<string, string[]>();
  const argumentTexts = new Map<ArgumentName, string[]>();
  const later = new Set<string>();
  for (const { flag, target, text } of readTokens(tokens, own)) {
    if ("argument" in target) {
      append(argumentTexts, target.argument, text);
      continue;
    }
    if ("later" in target) {
      later.add(target.later);
      continue;
    }
    if (ownTexts.has(target.own) && own[target.own].takes === "text") {
      throw new UsageError(`Cannot read ${flag}: it is given twice; keep one`);
    }
    append(ownTexts, target.own, text);
  }
  const values: Record<string, unknown> = {};
  const lenient = leniency.lenient ?? ownTexts.has("lenient");
  for (const name of later) refuseLaterOnly(name, { ...leniency, lenient });
  for (const [name, texts] of argumentTexts) {
    values[camelCase(name)] = flagValue(name, texts, { ...leniency, lenient });
  }
  return { own: ownTexts, arguments: values };
}

function append<Key>(texts: Map<Key, string[]>, key: Key, text: string | null): void {
  texts.set(key, [...texts.get(key) ?? [], ...text === null ? [] : [text]]);
}

function* readTokens(
  tokens: readonly string[],
  own: Readonly<Record<string, OwnFlag>>,
): Generator<Given> {
  for (let i = 0; i < tokens.length; i++) {
    const [, flag, value] = /^(--[^=]+)(?:=(.*))?$/s.exec(tokens[i]) ?? [];
    if (flag === undefined) {
      throw new UsageError(
        `Cannot read "${tokens[i]}": it follows no flag; put the flag before it`,
      );
    }
    const { target, takes } = findFlag(flag, own);
    const next = tokens.at(i + 1);
    let text: string | null = value ?? null;
    if (text === null && !takes.nothing && next !== undefined && !next.startsWith("--")) {
      text = next;
      i++;
    }
    if (takes.nothing && text !== null) {
      throw new UsageError(`Cannot read ${tokens[i]}: ${flag} takes no value`);
    }
    text ??= takes.alone;
    if (text === null && !takes.nothing) {
      throw new UsageError(`Cannot read ${flag}: its value is missing; put it after the flag`);
    }
    yield { flag, target, text };
  }
}

/** A flag that was found. */
interface Found {
  target: Given["target"];
  /** Whether no value may follow, and what the flag means without one. */
  takes: { nothing: boolean; alone: string | null };
}

function findFlag(flag: string, own: Readonly<Record<string, OwnFlag>>): Found {
  const name = flag.slice(2);
  const ownName = Object.keys(own).find((known) => flagOf(known) === flagOf(name));
  if (ownName !== undefined) {
    return {
      target: { own: ownName },
      takes: {
        nothing: own[ownName].takes === "nothing",
        alone: own[ownName].alone ?? null,
      },
    };
  }
  const argument = argumentNameOf(name);
  if (argument !== null) {
    const alone = isSwitch(argument) ? "true" : null;
    return { target: { argument }, takes: { nothing: false, alone } };
  }
  const negated = /^no[-_]/.test(name) ? argumentNameOf(name.slice(3)) : null;
  if (negated !== null && isSwitch(negated)) {
    return { target: { argument: negated }, takes: { nothing: true, alone: "false" } };
  }
  const later = laterOnlyName(name);
  if (later !== null) {
    return { target: { later }, takes: { nothing: false, alone: "true" } };
  }
  const laterNegated = /^no[-_]/.test(name) ? laterOnlyName(name.slice(3)) : null;
  if (laterNegated !== null) {
    return { target: { later: laterNegated }, takes: { nothing: true, alone: "false" } };
  }
  const guess = nearest(flag, [...Object.keys(own), ...argumentNames].map(flagOf));
  throw new UsageError(
    `Cannot read ${flag}: there is no such flag` +
      (guess === null ? "" : `; the nearest is ${guess}`),
  );
}
