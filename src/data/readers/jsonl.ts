/**
 * JSON Lines: one object a line.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import type { ParsedRows } from "./parsed_rows.ts";

/**
 * Reads one JSON object from each line; blank lines are skipped.
 *
 * @param text The contents of the file.
 * @param source Name of the file, for error messages.
 * @throws {InputError} If a line is not JSON or not an object; the message names the line.
 */
export function parseJsonl(text: string, source: string): ParsedRows {
  const rows: Record<string, unknown>[] = [];
  const lineNumbers: number[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    rows.push(parseLine(line, `row ${index + 1} of ${source}`));
    lineNumbers.push(index + 1);
  });
  return { rows, lineNumbers };
}

function parseLine(line: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new InputError(`Cannot read ${where}: not valid JSON (${message})`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(
      `Cannot read ${where}: found ${line.trim().slice(0, 40)}, ` +
        'wanted an object such as {"anchor": "…", "positive": "…"}',
    );
  }
  return value as Record<string, unknown>;
}
