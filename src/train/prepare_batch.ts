/**
 * From rows of a dataset to a packed batch of token ids.
 *
 * @module
 */
import { collate, type PackedBatch } from "../data/collator.ts";
import type { Dataset } from "../data/dataset.ts";
import type { TokenizerPool } from "../data/tokenizer_pool.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { promptOf, type Prompts } from "./prompts.ts";

/** What turns rows into batches. */
export interface BatchMaker {
  /** Whose length and spelling are used. */
  readonly model: SentenceTransformer;
  /** Tokenizes. */
  readonly pool: TokenizerPool;
  /** What goes before the texts. Default: nothing. */
  readonly prompts?: Prompts;
}

/**
 * Tokenizes the texts of some rows and packs them, column after column.
 *
 * @param maker What turns rows into batches.
 * @param dataset The dataset.
 * @param rows Indices of its rows.
 * @returns The batch.
 */
export async function prepareBatch(
  { model, pool, prompts = null }: BatchMaker,
  dataset: Dataset,
  rows: ArrayLike<number>,
): Promise<PackedBatch> {
  const indices = Array.from(rows);
  const texts = dataset.columns.flatMap((column) => {
    const prompt = promptOf(prompts, dataset, column);
    const values = dataset.text(column);
    return indices.map((row) => model.spell(prompt + values.at(row)!));
  });
  const sequences = await tokenized({ model, pool }, texts);
  const columns = dataset.columns.map((name, i) => ({
    name,
    sequences: sequences.slice(i * indices.length, (i + 1) * indices.length),
    promptLength: model.promptLength(promptOf(prompts, dataset, name)),
  }));
  const { labels } = dataset;
  using _span = model.gpu.recorder.spans?.open("collate");
  return collate(columns, labels && indices.map((row) => labels[row]), {
    allowEmpty: model.takesEmptyTexts,
  });
}

async function tokenized(
  { model, pool }: BatchMaker,
  texts: string[],
): Promise<Uint32Array<ArrayBuffer>[]> {
  using _span = model.gpu.recorder.spans?.open("tokenize", "tokenizers");
  return await pool.encode(texts, model.maxSequenceLength);
}
