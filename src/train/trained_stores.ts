/**
 * What a run changes.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { LossStores } from "./loss_stores.ts";

/**
 * The parameters that a run trains: of a model with an adapter those of the adapter alone.
 *
 * @param model The model.
 * @param lossStores Parameters of the objectives.
 * @returns The stores, the model's first.
 */
export function trainedStores(
  { adapter, store }: SentenceTransformer,
  lossStores: LossStores,
): readonly ParameterStore[] {
  return [adapter?.store ?? store, ...lossStores.stores];
}
