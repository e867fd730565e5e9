/**
 * JSON as models and checkpoints use it, read with errors that name the file.
 *
 * @module
 */
import type { z } from "zod";
import { InputError } from "../errors.ts";

/** A JSON object whose values are not yet checked. */
export type JsonObject = Record<string, unknown>;

/**
 * Tells whether a parsed JSON value is an object, not a list and not null.
 *
 * @param value Anything.
 * @returns Whether it is an object.
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses text that must be a JSON object.
 *
 * @param text The text of a file.
 * @param source Its name, for error messages.
 * @returns The object.
 * @throws {InputError} When the text is not JSON, nested too deeply or not an object.
 */
export function parseJsonObject(text: string, source: string): JsonObject {
  return objectOf(parseJson(text, source), source);
}

function objectOf(value: unknown, source: string): JsonObject {
  if (!isJsonObject(value)) {
    throw new InputError(`Cannot read ${source}: found ${kindOf(value)}, wanted a JSON object`);
  }
  return value;
}

/** For objects of files: the keys whose whole numbers were written as floats, as Python writes them. */
const floats = new WeakMap<object, Set<string>>();

type Reviver = (this: object, key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * Parses text that must be a JSON object, and remembers which whole numbers were written as floats:
 * {@linkcode encodeJson} writes them as such, for readers to whom 2.0 and 2 are of different types.
 *
 * @param text The text of a file.
 * @param source Its name, for error messages.
 * @returns The object.
 * @throws {InputError} When the text is not JSON, nested too deeply or not an object.
 */
export function parseTypedObject(text: string, source: string): JsonObject {
  const remember: Reviver = function (key, value, { source }) {
    if (Number.isInteger(value) && /^-?\d+\.0+$/.test(source ?? "")) {
      floats.set(this, (floats.get(this) ?? new Set()).add(key));
    }
    return value;
  };
  return objectOf(parseWith(remember, text, source), source);
}

/**
 * Parses text as JSON.
 *
 * @param text The text of a file.
 * @param source Its name, for error messages.
 * @returns The value.
 * @throws {InputError} When the text is not JSON or nested too deeply.
 */
export function parseJson(text: string, source: string): unknown {
  return parseWith(undefined, text, source);
}

/** Half of what Python's reader takes; what works on values by calling itself has room for it. */
const MOST_LEVELS = 500;

function parseWith(reviver: Reviver | undefined, text: string, source: string): unknown {
  try {
    const value = (JSON.parse as (text: string, reviver?: Reviver) => unknown)(text, reviver);
    if (!isDeeper(value, MOST_LEVELS)) return value;
    throw new RangeError();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new InputError(
        `Cannot read ${source}: found lists and objects within each other, ` +
          `wanted at most ${MOST_LEVELS} levels of them`,
        { cause: error },
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot read ${source}: it is not JSON (${reason})`, { cause: error });
  }
}

/**
 * Tells whether lists and objects lie within each other at more than so many levels.
 *
 * @param value A JSON value.
 * @param levels How many levels are not too many.
 * @returns Whether there are more.
 */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}

/**
 * Checks a JSON value against a schema.
 *
 * @param schema What is wanted.
 * @param value A JSON value.
 * @param source The file that it comes from, for error messages.
 * @returns The value as the schema types it.
 * @throws {InputError} When it does not fit; the first misfit is named.
 */
export function checkJson<T>(schema: z.ZodType<T>, value: unknown, source: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  const place = path.length === 0 ? "" : `at ${path.map(String).join(".")}: `;
  const reason = message.charAt(0).toLowerCase() + message.slice(1);
  throw new InputError(`Cannot read ${source}: ${place}${reason}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/**
 * Encodes a value as JSON text with an indent of 2 and a final line break.
 *
 * @param value A JSON value.
 * @returns The text of a file.
 */
export function encodeJson(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
  const replace = function (this: object, key: string, item: unknown) {
    const isFloat = Number.isSafeInteger(item) && floats.get(this)?.has(key);
    return isFloat ? rawJSON(`${item}.0`) : item;
  };
  return JSON.stringify(value, replace, 2) + "\n";
}

/**
 * Encodes a value like {@linkcode encodeJson}, with the keys of every object sorted.
 *
 * @param value A JSON value.
 * @returns The text of a file.
 */
export function encodeSortedJson(value: unknown): string {
  return encodeJson(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const sorted = isJsonObject(value)
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortKeys(value[key])]))
    : (value as unknown[]).map(sortKeys);
  const remembered = floats.get(value);
  if (remembered !== undefined) floats.set(sorted, remembered);
  return sorted;
}
