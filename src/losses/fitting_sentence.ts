/**
 * Which losses can use a dataset, in words.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import { fittingLosses } from "./fitting_losses.ts";

/**
 * Says which losses fit a dataset, for the end of a message.
 *
 * @param columns Names of the text columns, in order.
 * @param labels What is known of the labels; null without labels.
 * @returns Half a sentence that begins with what the dataset has.
 */
export function fittingSentence(columns: readonly string[], labels: LabelFacts | null): string {
  const names = fittingLosses(columns, labels);
  const texts = columns.map((name) => `"${name}"`).join(", ") || "none";
  const fitting = names.length === 0 ? "no loss fits" : `these fit: ${names.join(", ")}`;
  return `for the text columns ${texts} ${describe(labels)} ${fitting}`;
}

function describe(labels: LabelFacts | null): string {
  if (labels === null) return "without labels";
  const { width, minimum, maximum, isWhole } = labels;
  if (width !== 1) return `with labels of ${width} numbers`;
  return `with ${isWhole ? "whole" : "fractional"} labels from ${minimum} to ${maximum}`;
}
