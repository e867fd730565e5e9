/**
 * Reading the files of a low-rank adapter in the layout of PEFT.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError } from "../errors.ts";
import { type AdapterConfig, parseAdapterConfig } from "./adapter_config.ts";
import { ModelFolder } from "./model_folder.ts";
import type { SafetensorsFile } from "./safetensors.ts";

/** The file of an adapter's configuration; where it is, the weights beside it are an adapter's. */
export const ADAPTER_CONFIG = "adapter_config.json";

/** The file of an adapter's weights. */
export const ADAPTER_WEIGHTS = "adapter_model.safetensors";

/** An adapter as its files describe it. */
export interface AdapterFiles {
  /** What it computes; its base is a directory that is there. */
  readonly config: AdapterConfig;
  /** Its weights; a tensor is converted when read. */
  readonly weights: SafetensorsFile;
}

/**
 * Reads an adapter. The model that it adapts is looked for where the configuration says, and then from
 * the adapter's own directory on.
 *
 * @param folder A model's directory.
 * @param directory The directory of its first module.
 * @returns The adapter; null where there is none.
 * @throws {InputError} If a file is missing or damaged, or the adapted model is not there.
 */
export async function readAdapter(
  folder: ModelFolder,
  directory: string,
): Promise<AdapterFiles | null> {
  const name = join(directory, ADAPTER_CONFIG);
  const value = await folder.object(name);
  if (value === null) return null;
  const config = parseAdapterConfig(value, folder.source(name));
  const own = folder.source(directory);
  const weights = await folder.file(join(directory, ADAPTER_WEIGHTS));
  if (weights === null) throw folder.lacks(`${join(directory, ADAPTER_WEIGHTS)} is missing`);
  const base = await findBase(own, config.base_model_name_or_path);
  return { config: { ...config, base_model_name_or_path: base }, weights };
}

async function findBase(own: string, base: string): Promise<string> {
  for (const path of [base, join(own, base)]) {
    const folder = new ModelFolder(path);
    if (!await folder.exists()) continue;
    if (!await folder.has(ADAPTER_CONFIG)) return path;
    throw new InputError(
      `Cannot read the adapter ${own}: its base model ${path} is an adapter itself; merge that one first`,
    );
  }
  throw new InputError(
    `Cannot read the adapter ${own}: found no directory "${base}", its base model, neither as it stands nor beside the adapter; put the model there, or set base_model_name_or_path of ${ADAPTER_CONFIG} to where it is`,
  );
}
