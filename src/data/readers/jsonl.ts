/**
 * JSON Lines: one object a line.
 *
 * @module
 */

import { parseObject } from "./parse_object.ts";
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
    rows.push(parseObject(line, `row ${index + 1} of ${source}`));
    lineNumbers.push(index + 1);
  });
  return { rows, lineNumbers };
}
