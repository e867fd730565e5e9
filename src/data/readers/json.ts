/**
 * A JSON file: an array of objects, or one object a line.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { shownValue } from "../shown_value.ts";
import { parseJsonl } from "./jsonl.ts";
import type { ParsedRows } from "./parsed_rows.ts";

/**
 * Reads an array of objects, or one object from each line if the text does not start with `[`.
 * Objects of an array are numbered from 1 in place of lines.
 *
 * @param text The contents of the file.
 * @param source Name of the file, for error messages.
 * @throws {InputError} If the text is not JSON or an element is not an object.
 */
export function parseJson(text: string, source: string): ParsedRows {
  if (!text.trimStart().startsWith("[")) return parseJsonl(text, source);
  let values: unknown[];
  try {
    values = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new InputError(`Cannot read ${source}: not valid JSON (${message})`, { cause });
  }
  const rows = values.map((value, index) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw new InputError(
      `Cannot read row ${index + 1} of ${source}: found ${shownValue(value)}, ` +
        'wanted an object such as {"anchor": "…", "positive": "…"}',
    );
  });
  return { rows, lineNumbers: rows.map((_, index) => index + 1) };
}
