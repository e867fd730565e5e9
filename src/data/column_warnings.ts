/**
 * What is odd about the columns of a dataset.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";

/** Names that are used together, each in its usual place. */
const USUAL_ORDERS: readonly (readonly string[])[] = [
  ["anchor", "positive", "negative"],
  ["question", "answer"],
  ["query", "response"],
  ["hypothesis", "entailment", "contradiction"],
];

/** What names seem to hold beside texts. */
const SUSPICIOUS: readonly (readonly [RegExp, string])[] = [
  [/^(id|idx|.*_(id|ids|idx))$/, "ids"],
  [/^(label|score)s?$/, "labels"],
];

/**
 * Says what is odd about the text columns of a dataset, as sentence-transformers warns: losses take
 * columns by their order, whatever their names say, and texts of a column that looks like ids, or like a
 * second column of labels, are trained on.
 *
 * @param dataset The dataset.
 * @returns One sentence for each oddity; none if all is as usual.
 */
export function columnWarnings(dataset: Dataset): string[] {
  const { columns, name } = dataset;
  const warnings: string[] = [];
  for (const order of USUAL_ORDERS) {
    const column = columns.find((column, index) =>
      order.includes(column) && order.indexOf(column) !== index
    );
    if (column === undefined) continue;
    warnings.push(
      `Column "${column}" of dataset "${name}" is input ${columns.indexOf(column) + 1}, a column ` +
        `of this name is usually input ${
          order.indexOf(column) + 1
        }: losses take columns by their ` +
        `order, not by their names; choose it, as --columns ${
          order.filter((usual) => columns.includes(usual)).join(",")
        }`,
    );
  }
  for (const [pattern, what] of SUSPICIOUS) {
    for (const column of columns.filter((column) => pattern.test(column))) {
      warnings.push(
        `Column "${column}" of dataset "${name}" looks like a column of ${what}, and is trained on ` +
          `as text, input ${columns.indexOf(column) + 1}; choose other columns with --columns if ` +
          `it holds ${what}`,
      );
    }
  }
  return warnings;
}
