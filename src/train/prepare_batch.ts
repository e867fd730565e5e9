/**
 * From rows of a dataset to a packed batch of token ids.
 *
 * @module
 */
import { collate, type PackedBatch } from "../data/collator.ts";
import type { Dataset } from "../data/dataset.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";

/**
 * Tokenizes the texts of some rows and packs them, column after column.
 *
 * @param model Whose tokenizer and length are used.
 * @param dataset The dataset.
 * @param rows Indices of rows.
 * @returns The batch.
 */
export function prepareBatch(
  model: SentenceTransformer,
  dataset: Dataset,
  rows: Uint32Array,
): PackedBatch {
  const columns = dataset.columns.map((name) => {
    const texts = dataset.text(name);
    return { name, sequences: Array.from(rows, (row) => model.tokenize(texts[row])) };
  });
  const { labels } = dataset;
  return collate(columns, labels === null ? null : Array.from(rows, (row) => labels[row]));
}
