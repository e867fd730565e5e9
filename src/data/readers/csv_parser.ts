/**
 * Reads a table with a header row, block by block.
 *
 * @module
 */

import Papa from "papaparse";
import { InputError } from "../../errors.ts";
import type { ParsedRows } from "./parsed_rows.ts";

/** The delimiter of a table: a comma, or a tab for TSV. */
export type Delimiter = "," | "\t";

const MARK = "\ufeff";

/** What of the file has been read: the header, if it came. */
export class CsvParser {
  readonly #source: string;
  readonly #delimiter: Delimiter;
  #header: readonly string[] | null = null;

  /**
   * Nothing read yet.
   *
   * @param source Name of the file, for error messages.
   * @param delimiter Between fields.
   */
  constructor(source: string, delimiter: Delimiter) {
    this.#source = source;
    this.#delimiter = delimiter;
  }

  /** Whether a header row was found. */
  get hasHeader(): boolean {
    return this.#header !== null;
  }

  /**
   * Reads some whole records; the first of all is the header.
   *
   * @param text The records.
   * @param firstLine The 1-based line on which the text starts.
   * @returns The rows; all values are texts.
   * @throws {InputError} If the header names a column twice, a row has too few or too many fields, or
   * a quote is not closed; the message names the line.
   */
  parse(text: string, firstLine: number): ParsedRows {
    const newline = "\n";
    // The package drops a byte order mark, which within a file is part of a field.
    const kept = text.startsWith(MARK) ? MARK + text : text;
    const { data, errors }: PapaResult = Papa.parse(kept.replaceAll(/\r\n?/g, newline), {
      delimiter: this.#delimiter,
      newline,
    });
    const lines = startingLines(data, firstLine);
    if (errors.length > 0) {
      const [{ row = 0, message }] = errors;
      throw new InputError(
        `Cannot read row ${lines[row] ?? firstLine} of ${this.#source}: ${message.toLowerCase()}`,
      );
    }
    const records = withLines(data, lines);
    if (this.#header === null && records.length > 0) {
      this.#header = records.shift()!.fields;
      checkHeader(this.#header, this.#source);
    }
    return {
      rows: records.map(({ fields, line }) => this.#row(fields, line)),
      lineNumbers: records.map(({ line }) => line),
    };
  }

  #row(fields: readonly string[], line: number): Record<string, unknown> {
    const header = this.#header!;
    if (fields.length !== header.length) {
      throw new InputError(
        `Cannot read row ${line} of ${this.#source}: it has ${fields.length} fields, ` +
          `the header has ${header.length}`,
      );
    }
    return Object.fromEntries(fields.map((field, index) => [header[index], field]));
  }
}

/** The part of papaparse's result that is used; the package has no types. */
interface PapaResult {
  readonly data: string[][];
  readonly errors: { readonly message: string; readonly row?: number }[];
}

/** The 1-based line on which each record starts; quoted fields span lines. */
function startingLines(records: readonly string[][], firstLine: number): number[] {
  let line = firstLine;
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
