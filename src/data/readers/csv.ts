/**
 * Comma- and tab-separated files with a header row.
 *
 * @module
 */

import Papa from "papaparse";
import { InputError } from "../../errors.ts";
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
export function parseCsv(text: string, source: string, delimiter: "," | "\t" = ","): ParsedRows {
  const newline = "\n";
  const { data, errors }: PapaResult = Papa.parse(text.replaceAll(/\r\n?/g, newline), {
    delimiter,
    newline,
  });
  const lines = startingLines(data);
  if (errors.length > 0) {
    const [{ row = 0, message }] = errors;
    throw new InputError(
      `Cannot read row ${lines[row] ?? 1} of ${source}: ${message.toLowerCase()}`,
    );
  }
  const [header, ...records] = withLines(data, lines);
  if (header === undefined) throw new InputError(`Cannot read ${source}: it has no header row`);
  checkHeader(header.fields, source);

  const rows = records.map(({ fields, line }) => {
    if (fields.length !== header.fields.length) {
      throw new InputError(
        `Cannot read row ${line} of ${source}: it has ${fields.length} fields, ` +
          `the header has ${header.fields.length}`,
      );
    }
    return Object.fromEntries(fields.map((field, index) => [header.fields[index], field]));
  });
  return { rows, lineNumbers: records.map(({ line }) => line) };
}

/** The part of papaparse's result that is used; the package has no types. */
interface PapaResult {
  readonly data: string[][];
  readonly errors: { readonly message: string; readonly row?: number }[];
}

/** The 1-based line on which each record starts; quoted fields span lines. */
function startingLines(records: readonly string[][]): number[] {
  let line = 1;
  return records.map((fields) => {
    const start = line;
    line += 1 + fields.reduce((breaks, field) => breaks + field.split("\n").length - 1, 0);
    return start;
  });
}

function withLines(
  records: readonly string[][],
  lines: readonly number[],
): { fields: string[]; line: number }[] {
  return records
    .map((fields, index) => ({ fields, line: lines[index] }))
    .filter(({ fields }) => fields.length > 1 || fields[0].trim() !== "");
}

function checkHeader(header: readonly string[], source: string): void {
  const twice = header.find((column, index) => header.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new InputError(`Cannot read the header of ${source}: column "${twice}" occurs twice`);
  }
}
