/**
 * Retrieval datasets in a folder.
 *
 * @module
 */
import { join } from "@std/path";
import { readFailure } from "../data/read_failure.ts";
import { parseJsonl } from "../data/readers/jsonl.ts";
import { ParquetFile } from "../data/readers/parquet_file.ts";
import { SourceFile } from "../data/streaming/source_file.ts";
import { InputError } from "../errors.ts";
import type { RetrievalSource } from "../evaluators/nano_beir_evaluator.ts";
import type { RetrievalData } from "../evaluators/retrieval_task.ts";
import { host } from "../host/host.ts";

const PARTS = ["corpus", "queries", "qrels"] as const;
const ENDINGS = [".jsonl", ".parquet"] as const;

type Part = typeof PARTS[number];
type Row = Readonly<Record<string, unknown>>;

/**
 * Opens a folder with a sub-folder for each dataset, such as `NanoMSMARCO`, in upper or lower case and
 * with or without `Nano`. It holds three files, each JSON Lines (`.jsonl`) or Parquet (`.parquet`):
 *
 * - `corpus` and `queries` with the columns `_id` and `text`; rows without a text are left out
 * - `qrels` with the columns `query-id` and `corpus-id`, an id or a list of ids, and perhaps `score`;
 *   documents with a score of 0 or less are not relevant
 *
 * @param folder The folder.
 * @param datasets The datasets that are wanted.
 * @returns Reads a dataset when it is asked for.
 * @throws {InputError} If the folder, a dataset or a file is missing.
 */
export function openRetrievalFolder(folder: string, datasets: readonly string[]): RetrievalSource {
  const found = new Map(namesIn(folder).map((name) => [plainName(name), name]));
  const missing = datasets.filter((dataset) => !found.has(plainName(dataset)));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot read datasets from ${folder}: there is no sub-folder for ${missing.join(", ")}; ` +
        "add it, or name the datasets that are there",
    );
  }
  const files = new Map(
    datasets.map((dataset) => {
      const path = join(folder, found.get(plainName(dataset))!);
      const names = namesIn(path);
      return [dataset, PARTS.map((part) => join(path, fileOf(path, names, part)))] as const;
    }),
  );
  return { read: async (name) => await readTask(files.get(name)!) };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/^nano/, "");
}

function namesIn(folder: string): string[] {
  try {
    return [...host().files.readDirSync(folder)].map(({ name }) => name);
  } catch (cause) {
    throw readFailure(folder, cause);
  }
}

function fileOf(folder: string, names: readonly string[], part: Part): string {
  const file = names.find((name) => ENDINGS.some((ending) => name === part + ending));
  if (file !== undefined) return file;
  throw new InputError(
    `Cannot read ${folder}: there is no ${ENDINGS.map((ending) => part + ending).join(" or ")}`,
  );
}

async function readTask(
  [corpus, queries, qrels]: readonly string[],
): Promise<RetrievalData> {
  const relevant = new Map<string, Set<string>>();
  for (const row of await readRows(qrels, ["query-id", "corpus-id"], ["score"])) {
    const score = row.score;
    if (typeof score === "number" && score <= 0) continue;
    const query = String(row["query-id"]);
    const ids = row["corpus-id"];
    const documents = relevant.get(query) ?? new Set();
    for (const id of Array.isArray(ids) ? ids : [ids]) documents.add(String(id));
    relevant.set(query, documents);
  }
  return { queries: await readTexts(queries), corpus: await readTexts(corpus), relevant };
}

async function readTexts(path: string): Promise<Map<string, string>> {
  const rows = await readRows(path, ["_id", "text"]);
  return new Map(
    rows.map((row): [string, string] => [String(row._id), String(row.text ?? "")])
      .filter(([, text]) => text !== ""),
  );
}

/** The rows of a file, whose columns are checked. */
async function readRows(
  path: string,
  columns: readonly string[],
  optional: readonly string[] = [],
): Promise<Row[]> {
  const rows = path.endsWith(".jsonl")
    ? parseJsonl(await readText(path), path).rows
    : await readParquet(path, { columns, optional });
  rows.forEach((row, i) => {
    const missing = columns.find((column) => row[column] === undefined);
    if (missing !== undefined) throw lacking(`row ${i + 1} of ${path}`, missing, Object.keys(row));
  });
  return rows;
}

async function readParquet(
  path: string,
  { columns, optional }: { columns: readonly string[]; optional: readonly string[] },
): Promise<Row[]> {
  const source = SourceFile.open(path);
  try {
    const file = await ParquetFile.open(source);
    const names = [...file.types.keys()];
    const missing = columns.find((column) => !names.includes(column));
    if (missing !== undefined) throw lacking(path, missing, names);
    const taken = [...columns, ...optional.filter((column) => names.includes(column))];
    const rows: Row[] = [];
    for await (const batch of file.batches(taken)) for (const row of batch.rows) rows.push(row);
    return rows;
  } finally {
    source.close();
  }
}

function lacking(what: string, column: string, found: readonly string[]): InputError {
  return new InputError(
    `Cannot read ${what}: column "${column}" is missing; found ${
      found.map((name) => `"${name}"`).join(", ") || "none"
    }`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await host().files.readFile(path));
  } catch (cause) {
    throw readFailure(path, cause);
  }
}
