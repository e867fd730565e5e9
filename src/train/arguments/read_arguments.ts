/**
 * Reads training arguments from an object, such as a JSON configuration.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { argumentNameOf, nearestArgumentName } from "./argument_name.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { checkArgument, hiddenToken } from "./check_argument.ts";
import type { ArgumentName } from "./fields.ts";
import { laterOnlyName, refuseLaterOnly } from "./later_only.ts";
import type { Leniency } from "./leniency.ts";

/**
 * Reads and checks the arguments that are given. A token that its file hides, as upstream's files do,
 * is not given.
 *
 * @param source values by name, in snake_case as upstream or in camelCase; `undefined` means that
 *   the argument is not given
 * @param leniency whether values that are not honoured give way to the defaults, and arguments that
 *   only later versions upstream have are ignored
 * @returns the values by property name, and nothing for the arguments that are not given
 * @throws {UsageError} if `source` is no object, a name is unknown or given in two spellings, or an
 *   argument or its value is refused
 */
export function readArguments(
  source: unknown,
  leniency: Leniency = {},
): Partial<ArgumentValues> {
  if (typeof source !== "object" || source === null || Array.isArray(source)) {
    const found = Array.isArray(source) ? "a list" : JSON.stringify(source) ?? typeof source;
    throw new UsageError(
      `Cannot read training arguments: found ${found}, wanted an object with values by name`,
    );
  }
  const spellings = new Map<ArgumentName, string>();
  const values: Record<string, unknown> = {};
  for (const [spelling, value] of Object.entries(source)) {
    const name = argumentNameOf(spelling);
    const later = name === null ? laterOnlyName(spelling) : null;
    if (name === null && later === null) throw unknownName(spelling);
    if (value === undefined) continue;
    if (later !== null) refuseLaterOnly(later, leniency);
    if (name === null) continue;
    if (name.endsWith("_token") && value === hiddenToken(name)) continue;
    const other = spellings.get(name);
    if (other !== undefined) {
      throw new UsageError(
        `Cannot read training arguments: "${other}" and "${spelling}" are the same; keep one`,
      );
    }
    spellings.set(name, spelling);
    values[camelCase(name)] = checkArgument(name, value, leniency);
  }
  return values;
}

function unknownName(spelling: string): UsageError {
  const guess = nearestArgumentName(spelling);
  return new UsageError(
    `Cannot read training arguments: "${spelling}" is unknown` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}
