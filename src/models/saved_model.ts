/**
 * Reads a model back, for saving.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import type { NamedArray } from "../io/safetensors.ts";
import type { SavedModel } from "../io/write_model_directory.ts";
import { mergedWeights } from "./merged_weights.ts";
import type { SentenceTransformer } from "./sentence_transformer.ts";
import { filesOf } from "./tokenizer_files.ts";

/** What a model keeps for its files alone, and how they are wanted. */
export interface SaveOptions {
  /** Tensors that the model does not use. */
  readonly pooler: ReadonlyMap<string, NamedArray>;
  /** The tokenizer with all its special tokens. */
  readonly tokenizer: Tokenizer;
  /** The text of the model card. */
  readonly card: string;
  /** Whether an adapter's updates are to be in the weights. */
  readonly merge: boolean;
}

/**
 * Reads a model back: all weights of a plain one; with an adapter, those of the adapter and of modules
 * behind the encoder, for the encoder's are in the directory of the adapted model.
 *
 * @param model The model.
 * @param options What its files need besides.
 * @returns What a model directory is written from.
 */
export async function savedModel(
  model: SentenceTransformer,
  { pooler, tokenizer, card, merge }: SaveOptions,
): Promise<SavedModel> {
  const { maxSequenceLength } = model;
  return {
    ...model.settings,
    config: withWidth(model),
    ...await weightsOf(model, { pooler, merge }),
    tokenizer: filesOf(tokenizer, maxSequenceLength),
    maxSequenceLength,
    card,
  };
}

/** A configuration may leave the width to its default; files of other modules need it. */
function withWidth({ config, first }: SentenceTransformer): SavedModel["config"] {
  const isNamed = config.hidden_size !== undefined || config.dim !== undefined;
  return isNamed ? config : { ...config, hidden_size: first.width };
}

async function weightsOf(
  { store, adapter }: SentenceTransformer,
  { pooler, merge }: Pick<SaveOptions, "pooler" | "merge">,
): Promise<Pick<SavedModel, "weights" | "savedAdapter">> {
  if (adapter === null) return { weights: new Map([...await store.download(), ...pooler]) };
  const savedAdapter = await adapter.download();
  if (merge) {
    const merged = mergedWeights(await store.download(), savedAdapter);
    return { weights: new Map([...merged, ...pooler]) };
  }
  const isBehind = (name: string) => name.includes("/");
  const hasMore = store.parameters.some(({ name }) => isBehind(name));
  const all = hasMore ? [...await store.download()] : [];
  return { weights: new Map(all.filter(([name]) => isBehind(name))), savedAdapter };
}
