/**
 * Where a model is: in a directory, or on the hub.
 *
 * @module
 */
import { InputError, UsageError } from "../errors.ts";
import { host } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";
import type { DownloadProgress } from "./download_file.ts";
import { fetchModel } from "./fetch_model.ts";
import { type HubSettings, hubSettings } from "./hub_settings.ts";
import { DEFAULT_REVISION, isRevision, parseModelId } from "./model_id.ts";

/** Which model is wanted, and how it is fetched. */
export interface LocateOptions {
  /** A branch, a tag, or the hash of a commit, for a model of the hub. Default: the main branch. */
  readonly revision?: string;
  /** The key for the hub. Default: that of the environment. */
  readonly token?: string;
  /** Is told how far a file is that is fetched. Default: nobody. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/** Where a model is. */
export interface LocatedModel {
  /** A directory, or what is none: whoever reads it says so. */
  readonly path: string;
  /** What finds it again: the path, or the name on the hub with its revision. */
  readonly source: string;
}

/**
 * Finds a model. A name that is no file or directory, and looks like `org/name`, `name`, or either with
 * `@revision`, is that of a model on the hub; it is fetched into the cache of huggingface_hub.
 *
 * @param name The directory or the name.
 * @param options Which revision, and how it is fetched.
 * @returns Where it is.
 * @throws {UsageError} If there are two revisions, or what is given as one is no name.
 * @throws {InputError} If it is on the hub and cannot be fetched, or may be a directory that must not be
 *   read.
 */
export async function locateModel(
  name: string,
  { revision, token, onDownload }: LocateOptions = {},
): Promise<LocatedModel> {
  const error = await host().files.stat(name).then(() => null, (error) => error);
  const id = error === null ? null : parseModelId(name);
  if (id === null) return { path: name, source: name };
  if (revision !== undefined) checkRevision(name, revision);
  const wanted = { name: id.name, revision: revision ?? id.revision };
  const settings = await hubSettings(token);
  checkPermission(name, error, settings);
  const path = await fetchModel(wanted, { settings, onDownload });
  const isDefault = wanted.revision === DEFAULT_REVISION;
  return { path, source: isDefault ? wanted.name : `${wanted.name}@${wanted.revision}` };
}

/** It may be a directory that must not be read. */
function checkPermission(name: string, error: unknown, { endpoint, offline }: HubSettings): void {
  const missing = missingPermission(error);
  if (missing === null || offline) return;
  if (host().process.isPermitted("net", new URL(endpoint).host)) return;
  throw new InputError(
    `Cannot load model ${name}: ${missing}, or --allow-net if it is a model of the hub`,
    { cause: error },
  );
}

function checkRevision(name: string, revision: string): void {
  if (!isRevision(revision)) {
    throw new UsageError(
      `Cannot load model ${name}: found revision ${
        JSON.stringify(revision)
      }, wanted a branch, a tag or the hash of a commit`,
    );
  }
  if (!name.includes("@") || name.endsWith(`@${revision}`)) return;
  throw new UsageError(
    `Cannot load model ${name}: found revision ${revision} beside the one in its name; give one of them`,
  );
}
