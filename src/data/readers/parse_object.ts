/**
 * A row of a JSON file.
 *
 * @module
 */

import { InputError } from "../../errors.ts";

/**
 * Reads a JSON object.
 *
 * @param text Its text.
 * @param where Which row of which file it is, for error messages.
 * @returns The object.
 * @throws {InputError} If the text is not JSON or not an object.
 */
export function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new InputError(`Cannot read ${where}: not valid JSON (${message})`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(
      `Cannot read ${where}: found ${text.trim().slice(0, 40)}, ` +
        'wanted an object such as {"anchor": "…", "positive": "…"}',
    );
  }
  return value as Record<string, unknown>;
}
