/**
 * Reads a dataset from a file, by its extension.
 *
 * @module
 */

import { basename, extname } from "@std/path";
import { InputError } from "../errors.ts";
import { type Dataset, datasetFromRows } from "./dataset.ts";
import { parseCsv } from "./readers/csv.ts";
import { parseJson } from "./readers/json.ts";
import { parseJsonl } from "./readers/jsonl.ts";
import type { ParsedRows } from "./readers/parsed_rows.ts";

/** How {@linkcode readDataset} names things. */
export interface ReadDatasetOptions {
  /** Name of the dataset; the file's name without its extension by default. */
  readonly name?: string;
  /** Which columns to take and what to call them: `{ anchor: "question", positive: "answer" }`. */
  readonly columns?: Readonly<Record<string, string>>;
}

const readers: Readonly<Record<string, (text: string, source: string) => ParsedRows>> = {
  ".jsonl": parseJsonl,
  ".ndjson": parseJsonl,
  ".json": parseJson,
  ".csv": (text, source) => parseCsv(text, source, ","),
  ".tsv": (text, source) => parseCsv(text, source, "\t"),
};

/**
 * Reads a dataset from a UTF-8 file: JSON Lines (`.jsonl`, `.ndjson`), an array of objects or JSON
 * Lines (`.json`), or a table with a header row (`.csv`, `.tsv`). {@linkcode datasetFromRows} says
 * which columns are texts and which is the label.
 *
 * @param path The file.
 * @throws {InputError} If the file is missing, empty or unreadable, its extension is unknown, or a
 * row is not as it should be.
 */
export async function readDataset(
  path: string,
  { name, columns }: ReadDatasetOptions = {},
): Promise<Dataset> {
  const extension = extname(path);
  const text = await readText(path);
  const parse = readers[extension.toLowerCase()];
  if (parse === undefined) {
    throw new InputError(
      `Cannot read ${path}: unknown extension "${extension}"; known are ` +
        Object.keys(readers).map((known) => `"${known}"`).join(", "),
    );
  }
  if (text.trim() === "") throw new InputError(`Cannot read ${path}: the file is empty`);
  const { rows, lineNumbers } = parse(text, path);
  return datasetFromRows(rows, {
    name: name ?? basename(path, extension),
    source: path,
    columnMap: columns,
    lineNumbers,
  });
}

async function readText(path: string): Promise<string> {
  try {
    if ((await Deno.stat(path)).isDirectory) {
      throw new InputError(`Cannot read ${path}: it is a directory, wanted a file`);
    }
    // Drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`Cannot read ${path}: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.NotCapable) return "reading is not allowed; add --allow-read";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof TypeError) return "not valid UTF-8 text";
  return (cause as Error).message;
}
