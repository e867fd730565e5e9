/**
 * All weights of a model directory, whose modules keep a file each.
 *
 * @module
 */
import { ModelFolder } from "./model_folder.ts";
import { type ModelModules, modulePath, parseModelModules } from "./model_modules.ts";
import { type FindModel, readAdapter } from "./read_adapter.ts";
import type { SafetensorsFile } from "./safetensors.ts";

/**
 * The weight files of a model by what precedes the names of their parameters: "" for the first module,
 * "2_Dense/" and the like for others, whatever their directories are called.
 */
export type ModelWeights = ReadonlyMap<string, SafetensorsFile>;

/**
 * Reads the list of modules.
 *
 * @param folder The model's directory.
 * @returns The modules; null for a plain encoder, which has no such list.
 * @throws {InputError} When the list is damaged or has a module that is not supported.
 */
export async function readModelModules(folder: ModelFolder): Promise<ModelModules | null> {
  const value = await folder.json("modules.json");
  return value === undefined ? null : parseModelModules(value, folder.source("modules.json"));
}

/**
 * Reads the weights of all modules; those of the first come from the model that an adapter adapts, where
 * there is one.
 *
 * @param path The model's directory.
 * @param findModel Looks elsewhere for the model that an adapter adapts. Default: it is a directory.
 * @returns The files.
 * @throws {InputError} When one is missing, damaged or of another form.
 */
export async function readModelWeights(
  path: string,
  findModel?: FindModel,
): Promise<ModelWeights> {
  const folder = new ModelFolder(path);
  const modules = await readModelModules(folder);
  const first = modules?.first.path ?? "";
  const adapter = await readAdapter(folder, first, findModel);
  const files = new Map([[
    "",
    adapter === null
      ? await folder.weights(first)
      : (await readModelWeights(adapter.base)).get("")!,
  ]]);
  for (const [i, { type, path }] of (modules?.others ?? []).entries()) {
    if (type !== "Dense" && type !== "LayerNorm") continue;
    files.set(`${modulePath(i + 1, type)}/`, await folder.weights(path));
  }
  return files;
}
