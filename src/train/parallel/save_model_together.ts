/**
 * Saving the model of a run, once for all ranks.
 *
 * @module
 */
import type { RunSetup } from "../run_setup.ts";
import { saveModel } from "../save_model.ts";
import { onceFor } from "./rank_group.ts";

/**
 * Writes the model and the parameters of its objectives on the ranks that save.
 *
 * @param path The directory; what it held is replaced.
 * @param setup The model, its objectives and the ranks.
 * @param options The model card, and whether an adapter's updates are added to the weights.
 * @throws {UsageError} If an adapter would replace the model that it adapts.
 * @throws {OutputError} If it cannot be written; what was there stays.
 */
export async function saveModelTogether(
  path: string,
  { inputs: { model }, lossStores, group, args }: RunSetup,
  options: { card: string; merge: boolean },
): Promise<void> {
  const save = () => saveModel(path, model, { ...options, lossStores });
  await onceFor(group, save, { perNode: args.saveOnEachNode });
}
