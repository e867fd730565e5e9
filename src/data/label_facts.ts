/**
 * What a loss wants to know of labels before it is trained with them.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";

/** What is known of the labels of a dataset. */
export interface LabelFacts {
  /** Numbers of a row's label. */
  readonly width: number;
  /** The least number. */
  readonly minimum: number;
  /** The greatest number. */
  readonly maximum: number;
  /** Whether all are whole numbers. */
  readonly isWhole: boolean;
  /** What the classes 0, 1, ... are called that the numbers count, if the data tells. */
  readonly classNames?: readonly string[];
}

/**
 * Looks at all labels of a dataset.
 *
 * @param dataset The dataset.
 * @returns What was found; null where there are no labels.
 */
export function labelFacts({ labels, classNames }: Dataset): LabelFacts | null {
  if (labels === null) return null;
  let [minimum, maximum, isWhole] = [Infinity, -Infinity, true];
  for (const label of labels) {
    for (const value of typeof label === "number" ? [label] : label) {
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      isWhole &&= Number.isInteger(value);
    }
  }
  const [first] = labels;
  return {
    width: typeof first === "number" ? 1 : first?.length ?? 1,
    minimum,
    maximum,
    isWhole,
    ...(classNames !== null && { classNames }),
  };
}
