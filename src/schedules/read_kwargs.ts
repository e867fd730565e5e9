/**
 * The settings of a schedule by their upstream names, as `lr_scheduler_kwargs` gives them.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { listed, suggested } from "./wording.ts";

/** What a setting may be: any finite number, a whole number from 0, a text or a truth value. */
export type KwargType = "number" | "integer" | "string" | "boolean";

/** The settings that a schedule takes. */
export interface KwargsSpec {
  /** Their types, by upstream name. */
  kwargs: Readonly<Record<string, KwargType>>;
  /** Names of those that have no default. */
  required: readonly string[];
}

/** Settings by their names in camelCase. */
export type Settings = Record<string, number | string | boolean>;

const wanted: Readonly<Record<KwargType, string>> = {
  number: "a finite number",
  integer: "an integer from 0",
  string: "a text",
  boolean: "true or false",
};

/**
 * Checks the settings of a schedule. `null` stands for the default.
 *
 * @param name the schedule, for errors
 * @param given the settings, by upstream name
 * @param options the settings that it takes
 * @returns those given, by their names in camelCase
 * @throws {UsageError} for one that is unknown, of another type, or missing
 */
export function readKwargs(
  name: string,
  given: Readonly<Record<string, unknown>>,
  { kwargs, required }: KwargsSpec,
): Settings {
  const known = Object.keys(kwargs);
  const settings: Settings = {};
  for (const [key, value] of Object.entries(given)) {
    if (!known.includes(key)) {
      throw new UsageError(
        `Cannot create schedule "${name}": keyword argument "${key}" is unknown; it takes ` +
          (listed(known) || "none") + suggested(key, known),
      );
    }
    if (value === null) continue;
    const type = kwargs[key];
    if (!isOfType(value, type)) {
      throw new UsageError(
        `Cannot create schedule "${name}": ${key} is ${shown(value)}; wanted ${wanted[type]}`,
      );
    }
    settings[camelCase(key)] = value;
  }
  for (const key of required) {
    if (settings[camelCase(key)] !== undefined) continue;
    const type = kwargs[key];
    throw new UsageError(
      `Cannot create schedule "${name}": ${key} is missing; wanted ${wanted[type]}; ` +
        "set it in lr_scheduler_kwargs",
    );
  }
  return settings;
}

function isOfType(value: unknown, type: KwargType): value is number | string | boolean {
  if (type === "number") return Number.isFinite(value);
  if (type === "integer") return Number.isSafeInteger(value) && (value as number) >= 0;
  return type === "string" ? typeof value === "string" : typeof value === "boolean";
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
