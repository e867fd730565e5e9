/**
 * Checks that a dataset has the columns and labels that a loss needs.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import { cannotTrain } from "./cannot_train.ts";

/** Beyond it, neighbouring classes are the same 32-bit float. */
const MOST_CLASS = 2 ** 24;

/** What a label may be. */
export type LabelKind = "score" | "similarity" | "share" | "binary" | "class";

/** What a dataset has. */
export interface FoundColumns {
  /** Names of the text columns, in order. */
  readonly columns: readonly string[];
  /** What is known of the labels; null without. */
  readonly labels: LabelFacts | null;
}

/** What a loss needs. */
export interface WantedColumns {
  /** The text columns in words. */
  readonly texts: string;
  /** The fewest and the most text columns. */
  readonly count: readonly [least: number, most: number];
  /** What a label must be; null where labels are not looked at. */
  readonly label: LabelKind | null;
  /** Whether labels may be missing. Default: they may not. */
  readonly optional?: boolean;
  /** Upstream's words for missing labels. Default: none. */
  readonly missing?: string;
}

const LABELS: Readonly<
  Record<LabelKind, { words: string; range: readonly [number, number]; whole: boolean }>
> = {
  score: { words: "one number a row", range: [-Infinity, Infinity], whole: false },
  similarity: {
    words: "one similarity a row, from -1 to 1; divide them by the greatest",
    range: [-1, 1],
    whole: false,
  },
  share: { words: "1 for a positive pair and 0 for a negative one", range: [0, 1], whole: false },
  binary: { words: "1 for a positive pair and 0 for a negative one", range: [0, 1], whole: true },
  class: {
    words: `one class a row, a whole number up to ${MOST_CLASS}`,
    range: [-MOST_CLASS, MOST_CLASS],
    whole: true,
  },
};

/**
 * Checks a dataset before training starts.
 *
 * @param loss The name of the loss, for messages.
 * @param found What the dataset has.
 * @param wanted What the loss needs.
 * @throws {UsageError} If columns are too few or too many, or labels are missing, of another width, out
 *   of range or not whole where they must be.
 */
export function checkLossColumns(loss: string, found: FoundColumns, wanted: WantedColumns): void {
  const { columns, labels } = found;
  const { texts, count: [least, most], label, optional = false, missing } = wanted;
  const fail = (what: string, needed: string) =>
    new UsageError(`Cannot train with ${loss}: found ${what}, wanted ${needed}`);
  if (columns.length < least || columns.length > most) {
    throw cannotTrain(loss, columns, texts);
  }
  if (label === null || (labels === null && optional)) return;
  const { words, range, whole } = LABELS[label];
  if (labels === null) {
    throw fail(
      `no labels${missing === undefined ? "" : ` (${missing})`}`,
      `${words}; name their column "label" or "score"`,
    );
  }
  const { width, minimum, maximum, isWhole } = labels;
  if (width !== 1) throw fail(`labels of ${width} numbers`, words);
  if (minimum < range[0] || maximum > range[1]) {
    throw fail(`labels from ${minimum} to ${maximum}`, words);
  }
  if (whole && !isWhole) throw fail("labels that are not whole numbers", words);
}
