/**
 * Which linear layers an adapter updates.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/**
 * Finds the layers that are meant, as PEFT finds them: in a list, a target is a whole name or the end of
 * one from a dot on; a text is a regular expression over whole names, and "all-linear" all of them.
 *
 * @param targets What is meant.
 * @param names The linear layers that there are.
 * @returns The names of those that are meant.
 * @throws {UsageError} If a target means none, or the expression is none.
 */
export function loraTargets(
  targets: string | readonly string[],
  names: readonly string[],
): ReadonlySet<string> {
  if (names.length === 0) {
    throw new UsageError(
      "Cannot set up the adapter: the model has no linear layers to adapt; train it without",
    );
  }
  if (targets === "all-linear") return new Set(names);
  if (typeof targets === "string") return matchesOf(targets, names);
  return new Set(targets.flatMap((target) => {
    const meant = names.filter((name) => name === target || name.endsWith(`.${target}`));
    if (meant.length === 0) throw unmatched(target, names);
    return meant;
  }));
}

function matchesOf(text: string, names: readonly string[]): ReadonlySet<string> {
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${text})$`);
  } catch (cause) {
    throw new UsageError(
      `Cannot set up the adapter: target_modules is ${
        JSON.stringify(text)
      }, wanted a list of names or a regular expression (${(cause as Error).message})`,
      { cause },
    );
  }
  const meant = names.filter((name) => pattern.test(name));
  if (meant.length === 0) throw unmatched(text, names);
  return new Set(meant);
}

function unmatched(target: string, names: readonly string[]): UsageError {
  const ends = [...new Set(names.map((name) => name.replace(/^.*\.\d+\./, "")))];
  const short = ends.map((end) => end.slice(end.lastIndexOf(".") + 1));
  const guess = nearest(target, [...short, ...ends]);
  return new UsageError(
    `Cannot set up the adapter: Target modules ${target} not found in the base model; its linear layers are ${
      ends.join(", ")
    } of every layer${guess === null ? "" : `; the nearest is "${guess}"`}`,
  );
}
