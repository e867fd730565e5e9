/**
 * Saving the model of a run.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { host } from "../host/host.ts";
import { writeDirectoryAtomically } from "../io/write_files.ts";
import { writeModelDirectory } from "../io/write_model_directory.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { LossStores } from "./loss_stores.ts";

/** What is saved, and how. */
export interface SaveModelOptions {
  /** The text of the model card. */
  readonly card: string;
  /** Parameters of the objectives. */
  readonly lossStores: LossStores;
  /** Whether an adapter's updates are added to the weights, as if there were no adapter. */
  readonly merge: boolean;
}

/**
 * Writes a model and the parameters of its objectives.
 *
 * @param path The directory; what it held is replaced.
 * @param model The model, which stays as it is.
 * @param options What is saved, and how.
 * @throws {UsageError} If an adapter would replace the model that it adapts.
 * @throws {OutputError} If it cannot be written; what was there stays.
 */
export async function saveModel(
  path: string,
  model: SentenceTransformer,
  { card, lossStores, merge }: SaveModelOptions,
): Promise<void> {
  const base = model.adapter?.config.base_model_name_or_path;
  if (!merge && base !== undefined && host().files.absolute(base) === host().files.absolute(path)) {
    throw new UsageError(
      `Cannot save the adapter to ${path}: it would replace the model that it adapts; give another directory, or merge it`,
    );
  }
  const saved = await model.toSavedModel(card, merge);
  await writeDirectoryAtomically(path, async (temporary) => {
    await writeModelDirectory(temporary, saved);
    await lossStores.write(temporary);
  });
}
