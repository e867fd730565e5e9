/**
 * Reading the files of a low-rank adapter in the layout of PEFT.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError } from "../errors.ts";
import { type AdapterConfig, parseAdapterConfig } from "./adapter_config.ts";
import { ModelFolder } from "./model_folder.ts";
import { parseModelModules } from "./model_modules.ts";
import type { SafetensorsFile } from "./safetensors.ts";

/** The file of an adapter's configuration; where it is, the weights beside it are an adapter's. */
export const ADAPTER_CONFIG = "adapter_config.json";

/** The file of an adapter's weights. */
export const ADAPTER_WEIGHTS = "adapter_model.safetensors";

/** An adapter as its files describe it. */
export interface AdapterFiles {
  /** What it computes; its base is what finds the adapted model again. */
  readonly config: AdapterConfig;
  /** The directory of the adapted model, which is there. */
  readonly base: string;
  /** Its weights; a tensor is converted when read. */
  readonly weights: SafetensorsFile;
}

/** Gives the directory of a model that is known by another name; the name itself where it is none. */
export type FindModel = (name: string) => Promise<string>;

/**
 * Reads an adapter. The model that it adapts is looked for where the configuration says, and then from
 * the adapter's own directory on.
 *
 * @param folder A model's directory.
 * @param directory The directory of its first module.
 * @param findModel Looks elsewhere for the model that it adapts. Default: it is a directory.
 * @returns The adapter; null where there is none.
 * @throws {InputError} If a file is missing or damaged, or the adapted model is not there.
 */
export async function readAdapter(
  folder: ModelFolder,
  directory: string,
  findModel: FindModel = (name) => Promise.resolve(name),
): Promise<AdapterFiles | null> {
  const file = join(directory, ADAPTER_CONFIG);
  const value = await folder.object(file);
  if (value === null) return null;
  const config = parseAdapterConfig(value, folder.source(file));
  const own = folder.source(directory);
  const weights = await folder.file(join(directory, ADAPTER_WEIGHTS));
  if (weights === null) throw folder.lacks(`${join(directory, ADAPTER_WEIGHTS)} is missing`);
  const name = config.base_model_name_or_path;
  const base = await findBase(own, [name, join(own, name)]);
  if (base !== null) return { config: { ...config, base_model_name_or_path: base }, base, weights };
  const found = await findBase(own, [await findModel(name)]);
  if (found !== null) return { config, base: found, weights };
  throw new InputError(
    `Cannot read the adapter ${own}: found no directory "${name}", its base model, neither as it stands nor beside the adapter; put the model there, or set base_model_name_or_path of ${ADAPTER_CONFIG} to where it is`,
  );
}

/** A base that is an adapter, perhaps this one, could go on for ever. */
async function isAdapter(folder: ModelFolder): Promise<boolean> {
  const modules = await folder.json("modules.json");
  const first = modules === undefined
    ? ""
    : parseModelModules(modules, folder.source("modules.json")).first.path;
  return await folder.has(join(first, ADAPTER_CONFIG));
}

/** The first of these directories that is there. */
async function findBase(own: string, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const folder = new ModelFolder(path);
    if (!await folder.exists()) continue;
    if (!await isAdapter(folder)) return path;
    throw new InputError(
      `Cannot read the adapter ${own}: its base model ${path} is an adapter itself; merge that one first`,
    );
  }
  return null;
}
