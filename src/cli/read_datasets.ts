/**
 * The datasets that a command line names.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { readDataset, type ReadDatasetOptions } from "../data/read_dataset.ts";
import { UsageError } from "../errors.ts";

/**
 * How the files of a flag are read: {@linkcode ReadDatasetOptions} without what the flags say themselves.
 */
export type ReadDatasetsOptions = Omit<ReadDatasetOptions, "name" | "columns">;

/**
 * Reads the datasets of one flag. Files of 256 MiB and more are streamed, unless the options say
 * otherwise.
 *
 * @param files `FILE` or `NAME=FILE` each; the name of a file without its extension by default.
 * @param columns The value of `--columns`, as `anchor=question,positive`; undefined for all columns.
 * @param options Label and length columns, and where the texts are kept.
 * @returns Datasets in the order of the flags.
 * @throws {UsageError} If the columns make no sense, or two datasets have one name.
 * @throws {InputError} If a file cannot be read or has no such columns.
 */
export async function readDatasets(
  files: readonly string[],
  columns: string | undefined,
  options: ReadDatasetsOptions = {},
): Promise<Dataset[]> {
  const map = columns === undefined ? undefined : parseColumns(columns);
  const datasets = new Map<string, Dataset>();
  for (const text of files) {
    const [, name, file] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text)!;
    if (file === "") {
      throw new UsageError(`Cannot read dataset "${text}": wanted FILE or NAME=FILE`);
    }
    const dataset = await readDataset(file, { ...options, name, columns: map });
    if (datasets.has(dataset.name)) {
      throw new UsageError(
        `Cannot read dataset ${file}: there is another one of the name "${dataset.name}"; ` +
          "give it one of its own, NAME=FILE",
      );
    }
    datasets.set(dataset.name, dataset);
  }
  return [...datasets.values()];
}

function parseColumns(text: string): Record<string, string> {
  const columns = new Map<string, string>();
  for (const pair of text.split(",")) {
    const [, name, source = name] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/s.exec(pair)!;
    if (name === "" || source === "" || columns.has(name)) {
      throw new UsageError(
        `Cannot read --columns "${text}": found "${pair}"${
          columns.has(name) ? " after another of that name" : ""
        }, wanted such as anchor=question,positive=answer`,
      );
    }
    columns.set(name, source);
  }
  return Object.fromEntries(columns);
}
