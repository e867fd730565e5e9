/**
 * Fetching a model from the hub.
 *
 * @module
 */
import type { ListFileEntry } from "@huggingface/hub";
import { InputError } from "../errors.ts";
import { host } from "../host/host.ts";
import { readText } from "../host/read_text.ts";
import { parseJson } from "../io/json.ts";
import { type ModelModules, parseModelModules } from "../io/model_modules.ts";
import { CacheLayout } from "./cache_layout.ts";
import { downloadFile, type DownloadOptions, type DownloadProgress } from "./download_file.ts";
import { hubFetch } from "./hub_fetch.ts";
import { failureText, isPassing } from "./hub_failure.ts";
import type { HubSettings } from "./hub_settings.ts";
import type { ModelId } from "./model_id.ts";
import { type HubFile, MODULES, neededFiles } from "./needed_files.ts";

/** How a model is fetched. */
export interface FetchOptions {
  /** Where the hub is, who asks, and where the cache is. */
  readonly settings: HubSettings;
  /** Is told how far a file is. Default: nobody. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/**
 * Makes a model be in the cache, as it is on the hub now. What the cache has is not fetched again. Where
 * the hub cannot be reached, or must not be, what the cache has is taken as it is.
 *
 * @param id The model.
 * @param options How it is fetched.
 * @returns Its directory.
 * @throws {InputError} If it cannot be fetched and is not in the cache, or has no safetensors.
 */
export async function fetchModel(id: ModelId, options: FetchOptions): Promise<string> {
  const { settings } = options;
  const layout = new CacheLayout(settings.cacheDir, id.name);
  const cached = await layout.find(id);
  if (settings.offline) {
    if (cached !== null) return cached;
    throw new InputError(
      `Cannot load model ${id.name}: found no directory of this name, and revision ${id.revision} is not in the cache ${settings.cacheDir}; unset HF_HUB_OFFLINE, or fetch the model where there is a network`,
    );
  }
  try {
    return await fetchSnapshot(id, layout, options);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (cached !== null && isPassing(error)) return cached;
    throw new InputError(
      `Cannot load model ${id.name}: found no directory of this name, and revision ${id.revision} cannot be had from the hub: ${
        failureText(error, settings)
      }`,
      { cause: error },
    );
  }
}

async function fetchSnapshot(
  id: ModelId,
  layout: CacheLayout,
  { settings, onDownload }: FetchOptions,
): Promise<string> {
  const { modelInfo } = await import("@huggingface/hub");
  const hub = { hubUrl: settings.endpoint, fetch: hubFetch(settings) };
  const { name, revision } = id;
  const { sha: commit } = await modelInfo({ ...hub, name, revision, additionalFields: ["sha"] });
  const snapshot = layout.snapshot(commit);
  const files = await listed(id, commit, settings);
  const options = { settings, layout, name, commit, onDownload };
  const modules = await fetchModules(files, options);
  for (const file of neededFiles(files, modules, name)) await ensure(file, options);
  await layout.setRef(revision, commit);
  return snapshot;
}

async function listed({ name }: ModelId, revision: string, settings: HubSettings) {
  const { listFiles } = await import("@huggingface/hub");
  const hub = { hubUrl: settings.endpoint, fetch: hubFetch(settings) };
  const files: HubFile[] = [];
  for await (const entry of listFiles({ ...hub, repo: name, revision, recursive: true })) {
    if (entry.type === "file") files.push(hubFile(entry));
  }
  return files;
}

function hubFile({ path, size, oid, lfs }: ListFileEntry): HubFile {
  return { path, size: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? "" };
}

/** The list comes first: it tells what else is needed, and whether the model can be read at all. */
async function fetchModules(
  files: readonly HubFile[],
  options: DownloadOptions,
): Promise<ModelModules | null> {
  const file = files.find(({ path }) => path === MODULES);
  if (file === undefined) return null;
  const path = await ensure(file, options);
  const source = `${MODULES} of ${options.name}`;
  return parseModelModules(parseJson(await readText(path), source), source);
}

/** Fetches a file unless the cache has it. */
async function ensure(file: HubFile, options: DownloadOptions): Promise<string> {
  const { layout, commit } = options;
  const path = layout.file(commit, file.path);
  const isThere = await host().files.stat(path).then(({ size }) => size === file.size, () => false);
  if (!isThere) {
    await downloadFile(file, options);
    await layout.link(commit, file.path, file.hash);
  }
  return path;
}
