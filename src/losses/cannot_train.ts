/**
 * What a loss says of a dataset that it cannot use.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import { shownClasses } from "../data/shown_classes.ts";
import { UsageError } from "../errors.ts";

/**
 * The error of a loss that is given other columns or labels than it wants.
 *
 * @param loss The name of the loss.
 * @param found The text columns, or what is known of the labels, null without labels.
 * @param wanted What it wants, and how to give it.
 * @returns The error, to be thrown.
 */
export function cannotTrain(
  loss: string,
  found: readonly string[] | LabelFacts | null,
  wanted: string,
): UsageError {
  return new UsageError(`Cannot train with ${loss}: found ${describe(found)}, wanted ${wanted}`);
}

function describe(found: readonly string[] | LabelFacts | null): string {
  if (found === null) return "no labels";
  if (isColumns(found)) {
    return `as text columns ${found.map((name) => `"${name}"`).join(", ") || "none"}`;
  }
  const { width, minimum, maximum, isWhole, classNames } = found;
  const numbers = width === 1 ? "one number" : `${width} numbers`;
  const range = `from ${minimum} to ${maximum}${isWhole ? "" : ", not whole"}`;
  return `labels of ${numbers} a row, ${range}${classes(minimum, classNames)}`;
}

/** What the numbers mean, as the library datasets has it. */
function classes(minimum: number, names: readonly string[] | undefined): string {
  if (names === undefined) return "";
  const unknown = minimum === -1 ? "; -1 marks rows without a label, which are to be left out" : "";
  return ` (${names.length} classes: ${shownClasses(names)}${unknown})`;
}

function isColumns(found: readonly string[] | LabelFacts): found is readonly string[] {
  return Array.isArray(found);
}
