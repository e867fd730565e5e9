/**
 * Parts of the errors that refuse a name.
 *
 * @module
 */
import { nearest } from "../nearest.ts";

/**
 * Names in quotes.
 *
 * @param names the names
 * @returns them with commas between; empty where there are none
 */
export function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/**
 * The end of an error about an unknown name.
 *
 * @param name what was given
 * @param known the names accepted
 * @returns what to append; empty where no name is near
 */
export function suggested(name: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  return suggestion === null ? "" : `; the nearest is "${suggestion}"`;
}
