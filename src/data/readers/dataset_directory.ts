/**
 * Datasets that the library datasets of Hugging Face saved with `save_to_disk`.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { z } from "zod";
import { InputError } from "../../errors.ts";
import { isNotFound } from "../../host/file_errors.ts";
import { host } from "../../host/host.ts";
import { readText } from "../../host/read_text.ts";
import { readFailure } from "../read_failure.ts";

/** The files of a dataset. */
export interface DatasetDirectory {
  /** Its name: that of the directory. */
  readonly name: string;
  /** The paths of its Arrow files, in order. */
  readonly files: readonly string[];
}

/** Names of folders within the directory, and none that leads out of it. */
const SPLITS = z.object({ splits: z.array(z.string().regex(/^(?!\.+$)[\w.-]+$/)).min(1) });
const STATE = z.object({
  _data_files: z.array(z.object({ filename: z.string().regex(/^[^/\\]+$/) })),
  _indices_files: z.array(z.unknown()).nullish(),
});

/**
 * Takes a split off the end of a path: `DIR:train` means the directory of that name in `DIR`.
 *
 * @param path The path.
 * @returns The directory of the split where `DIR` is one and there is nothing of the whole path; else the
 *   path as it is.
 */
export async function splitDirectory(path: string): Promise<string> {
  const [, directory, split] = /^(.+):([\w.-]+)$/s.exec(path) ?? [];
  if (split === undefined || await kindOf(path) !== null) return path;
  if (await kindOf(directory) !== "directory") return path;
  return join(directory, split);
}

/**
 * Reads which files a dataset has. A directory with several splits, a `DatasetDict`, has no rows of its own;
 * with one split it means that.
 *
 * @param path The directory.
 * @returns The files.
 * @throws {InputError} If it is no such directory, has several splits, or rows that are chosen by indices.
 */
export async function readDatasetDirectory(path: string): Promise<DatasetDirectory> {
  const state = await readObject(path, "state.json", STATE);
  if (state !== null) {
    if ((state._indices_files ?? []).length > 0) {
      throw new InputError(
        `Cannot read ${path}: its rows are chosen by a file of indices; call flatten_indices() before saving it`,
      );
    }
    const files = state._data_files.map(({ filename }) => join(path, filename));
    if (files.length === 0) throw new InputError(`Cannot read ${path}: it has no rows`);
    return { name: basename(path), files };
  }
  const dictionary = await readObject(path, "dataset_dict.json", SPLITS);
  if (dictionary === null) {
    throw new InputError(
      `Cannot read ${path}: it is a directory without state.json and dataset_dict.json, wanted a file or ` +
        "what save_to_disk() of the library datasets writes",
    );
  }
  const { splits } = dictionary;
  if (splits.length > 1) {
    const named = splits.map((split) => `${path}:${split}`).join(", ");
    throw new InputError(`Cannot read ${path}: it has ${splits.length} splits; name one: ${named}`);
  }
  return await readDatasetDirectory(join(path, basename(splits[0])));
}

async function readObject<T>(
  directory: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const path = join(directory, name);
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw readFailure(path, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`Cannot read ${path}: not valid JSON (${(cause as Error).message})`, {
      cause,
    });
  }
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw new InputError(`Cannot read ${path}: ${z.prettifyError(error)}`, { cause: error });
}

async function kindOf(path: string): Promise<"directory" | "file" | null> {
  try {
    return (await host().files.stat(path)).isDirectory ? "directory" : "file";
  } catch {
    return null;
  }
}
