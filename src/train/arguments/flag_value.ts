/**
 * Turns the text of a flag into the value of an argument.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { checkArgument } from "./check_argument.ts";
import { argumentFields, type ArgumentName, type ArgumentValue } from "./fields.ts";
import type { Leniency } from "./leniency.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a value as a command line gives it: `null` or `None`, `true` or `false` in any case, a
 * number such as `3e-3`, a JSON object or list, a list with commas, or plain text. The type of the
 * argument decides between them.
 *
 * @param name the upstream name of the argument
 * @param texts what was given, one text for each time; several only for a list
 * @param leniency whether a value that is not honoured gives way to the default
 * @returns the value
 * @throws {UsageError} if the argument does not take the value, or only one
 */
export function flagValue<Name extends ArgumentName>(
  name: Name,
  texts: readonly string[],
  leniency: Leniency = {},
): ArgumentValue<Name> {
  if (texts.length > 1 && !accepts(name, [])) {
    throw new UsageError(`Cannot set ${name}: it is given ${texts.length} times; keep one`);
  }
  const readings = texts.length === 1 ? readingsOf(name, texts[0]) : [splitLists(texts)];
  const meant = readings.find((value) => accepts(name, value)) ?? readings[0];
  return checkArgument(name, meant, leniency);
}

/** Whether the flag of an argument may stand without a value, for `true`. */
export function isSwitch(name: ArgumentName): boolean {
  return accepts(name, true);
}

function accepts(name: ArgumentName, value: unknown): boolean {
  return argumentFields.get(name)!.schema.safeParse(value).success;
}

/** What a text may mean, the most particular meaning first. */
function readingsOf(name: ArgumentName, text: string): unknown[] {
  const readings: unknown[] = [text, splitLists([text])];
  if (text === "null" || text === "None") readings.unshift(null);
  if (/^(true|false)$/i.test(text)) readings.unshift(text.toLowerCase() === "true");
  if (NUMBER.test(text)) readings.unshift(Number(text));
  const isJson = (text.startsWith("{") && accepts(name, {})) ||
    (text.startsWith("[") && accepts(name, []));
  if (isJson) readings.unshift(parseJson(name, text));
  return readings;
}

function splitLists(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(",")).map((item) => item.trim())
    .filter((item) => item !== "");
}

function parseJson(name: ArgumentName, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `Cannot set ${name} to ${text}: it is not JSON (${(error as Error).message}); put it in ` +
        "single quotes, its names in double quotes",
      { cause: error },
    );
  }
}
