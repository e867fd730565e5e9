/**
 * From rows of a dataset to a packed batch of token ids.
 *
 * @module
 */
import { collate, type PackedBatch } from "../data/collator.ts";
import type { ConcatDataset } from "../data/concat_dataset.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";

/**
 * Tokenizes the texts of some rows and packs them, column after column.
 *
 * @param model Whose tokenizer and length are used.
 * @param datasets The datasets, lined up.
 * @param rows Indices of rows in the line, all of one dataset.
 * @returns The batch.
 */
export function prepareBatch(
  model: SentenceTransformer,
  datasets: ConcatDataset,
  rows: Uint32Array,
): PackedBatch {
  const { dataset, row: first } = datasets.locate(rows[0]);
  const start = rows[0] - first;
  const columns = dataset.columns.map((name) => {
    const texts = dataset.text(name);
    return { name, sequences: Array.from(rows, (row) => model.tokenize(texts[row - start])) };
  });
  const { labels } = dataset;
  return collate(columns, labels === null ? null : Array.from(rows, (row) => labels[row - start]));
}
