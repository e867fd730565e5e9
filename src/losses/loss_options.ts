/**
 * Checks the options of a loss.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** The types of options by upstream name; each has a default. */
export type OptionTypes = Readonly<Record<string, z.ZodType>>;

/**
 * Checks options and fills in what is not given.
 *
 * @param loss The name of the loss, for messages.
 * @param types The types of its options, with defaults.
 * @param options What was given, by upstream name.
 * @returns All options.
 * @throws {UsageError} For an unknown option, or a value of another type or out of range.
 */
export function lossOptions<Types extends OptionTypes>(
  loss: string,
  types: Types,
  options: object,
): { [Name in keyof Types]: z.output<Types[Name]> } {
  const known = Object.keys(types);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(types, name)) continue;
    const guess = nearest(name, known);
    throw new UsageError(
      `Cannot set up ${loss}: it has no option "${name}"; its options are ${
        known.join(", ") || "none"
      }${guess === null ? "" : `; the nearest is "${guess}"`}`,
    );
  }
  const parsed = z.object(types).safeParse(options);
  if (parsed.success) return parsed.data as { [Name in keyof Types]: z.output<Types[Name]> };
  const [{ path, message }] = parsed.error.issues;
  const [name] = path as (keyof Types & string)[];
  const found = (options as Record<string, unknown>)[name];
  throw new UsageError(
    `Cannot set up ${loss}: ${path.join(".")} is ${
      JSON.stringify(found) ?? typeof found
    }: ${message}`,
  );
}
