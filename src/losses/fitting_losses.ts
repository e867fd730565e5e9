/**
 * Which losses can use a dataset.
 *
 * @module
 */
import type { LabelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import type { Loss } from "./loss.ts";
import { createLoss, LOSS_NAMES } from "./names.ts";

/**
 * Names the losses that accept a dataset: first those that look at its labels, then those that do not,
 * last those that want a guide. Modifiers, which take another loss, such as MatryoshkaLoss, fit what the
 * other one fits, and are not named.
 *
 * @param columns Names of the text columns, in order.
 * @param labels What is known of the labels; null without labels.
 * @returns The names; none where no loss fits.
 */
export function fittingLosses(columns: readonly string[], labels: LabelFacts | null): string[] {
  const groups: [labelled: string[], plain: string[], guided: string[]] = [[], [], []];
  for (const name of LOSS_NAMES) {
    const loss = create(name, labels);
    if (loss === null || !accepts(loss, columns, labels)) continue;
    const looksAtLabels = labels !== null && !accepts(loss, columns, null);
    groups[loss.wants?.guide ? 2 : looksAtLabels ? 0 : 1].push(name);
  }
  return groups.flat();
}

/** The loss with options that suit the labels; null where it wants another loss. */
function create(name: string, labels: LabelFacts | null): Loss | null {
  const classes = labels === null ? 1 : Math.max(1, Math.floor(labels.maximum) + 1);
  try {
    return createLoss(name, name === "SoftmaxLoss" ? { num_labels: classes } : {});
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function accepts(loss: Loss, columns: readonly string[], labels: LabelFacts | null): boolean {
  try {
    loss.checkColumns(columns, labels);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
