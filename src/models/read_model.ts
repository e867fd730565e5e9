/**
 * Reading a model from a directory or from the hub.
 *
 * @module
 */
import { locateModel } from "../hub/locate_model.ts";
import { parseModelId } from "../hub/model_id.ts";
import { type ModelDirectory, readModelDirectory } from "../io/read_model_directory.ts";
import type { LoadOptions } from "./model_options.ts";
import { weightsOf } from "./model_settings.ts";

/** A model's files. */
export interface ReadModel {
  /** What they hold; weights of modules that others replace are left out. */
  readonly directory: ModelDirectory;
  /** What finds the model again: its directory, or its name on the hub. */
  readonly source: string;
}

/**
 * Finds and reads a model, and the one that its adapter adapts.
 *
 * @param name Its directory, or its name on the hub.
 * @param options How it is brought to the GPU.
 * @returns Its files.
 * @throws {UsageError} If there are two revisions, or what is given as one is no name.
 * @throws {InputError} If it cannot be found, or a file is missing, damaged or not supported.
 */
export async function readModel(name: string, options: LoadOptions): Promise<ReadModel> {
  const { path, source } = await locateModel(name, options);
  const { token, onDownload } = options;
  const findModel = async (base: string) => {
    // PEFT writes whole names.
    const isWhole = parseModelId(base)?.name === base.replace(/@.*$/s, "");
    return isWhole ? (await locateModel(base, { token, onDownload })).path : base;
  };
  const directory = await readModelDirectory(path, findModel);
  return { directory: { ...directory, weights: weightsOf(directory, options) }, source };
}
