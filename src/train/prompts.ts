/**
 * Texts that go before the texts of a column, as `prompts` of sentence-transformers: one for all, one a
 * column, one a dataset, or one a column of each dataset.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** Prompts in any of their forms; null for none. */
export type Prompts =
  | string
  | Readonly<Record<string, string | Readonly<Record<string, string>>>>
  | null;

/**
 * Finds the prompt of a column. A dataset's own prompt goes before that of a column of any dataset.
 *
 * @param prompts The prompts.
 * @param dataset The dataset.
 * @param column One of its columns.
 * @returns The prompt; empty without one.
 */
export function promptOf(prompts: Prompts, dataset: Dataset, column: string): string {
  if (prompts === null) return "";
  if (typeof prompts === "string") return prompts;
  const own = prompts[dataset.name];
  if (typeof own === "string") return own;
  if (own !== undefined) return own[column] ?? "";
  const ofColumn = prompts[column];
  return typeof ofColumn === "string" ? ofColumn : "";
}

/**
 * Checks that every prompt can go before something.
 *
 * @param prompts The prompts.
 * @param datasets All datasets that the trainer has.
 * @throws {UsageError} If a key names neither a dataset nor a column.
 */
export function checkPrompts(prompts: Prompts, datasets: readonly Dataset[]): void {
  if (prompts === null || typeof prompts === "string") return;
  const names = datasets.map(({ name }) => name);
  const columns = datasets.flatMap((dataset) => dataset.columns);
  for (const [key, value] of Object.entries(prompts)) {
    const owners = datasets.filter(({ name }) => name === key);
    if (typeof value !== "string") {
      if (owners.length === 0) throw unknown(key, "dataset", names);
      const known = owners.flatMap((dataset) => dataset.columns);
      const stranger = Object.keys(value).find((column) => !known.includes(column));
      if (stranger !== undefined) throw unknown(stranger, `column of "${key}"`, known);
    } else if (owners.length === 0 && !columns.includes(key)) {
      throw unknown(key, "dataset or column", [...names, ...columns]);
    }
  }
}

function unknown(key: string, kind: string, names: readonly string[]): UsageError {
  const known = [...new Set(names)];
  const guess = nearest(key, known);
  return new UsageError(
    `Cannot set prompts: "${key}" is no ${kind}; found ${
      known.map((name) => `"${name}"`).join(", ")
    }${guess === null ? "" : `; the nearest is "${guess}"`}`,
  );
}
