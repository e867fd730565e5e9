/**
 * Comma- and tab-separated files with a header row.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { CsvParser, type Delimiter } from "./csv_parser.ts";
import type { ParsedRows } from "./parsed_rows.ts";

/**
 * Reads the rows below the header; all values stay texts, blank lines are skipped. Fields may be
 * quoted with `"` and then hold delimiters and line breaks; a line break within a field reads as `\n`.
 *
 * @param text The contents of the file.
 * @param source Name of the file, for error messages.
 * @param delimiter Between fields: a comma, or a tab for TSV.
 * @throws {InputError} If the header is missing or names a column twice, a row has too few or too
 * many fields, or a quote is not closed; the message names the line.
 */
export function parseCsv(text: string, source: string, delimiter: Delimiter = ","): ParsedRows {
  const parser = new CsvParser(source, delimiter);
  const parsed = parser.parse(text, 1);
  if (!parser.hasHeader) throw new InputError(`Cannot read ${source}: it has no header row`);
  return parsed;
}
