/**
 * Values of files in messages.
 *
 * @module
 */

const MOST_CHARACTERS = 40;

/**
 * Shows a value.
 *
 * @param value Any value that a file holds.
 * @returns It as JSON, cut after 40 characters.
 */
export function shownValue(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // Lists in lists in lists, more of them than the stack holds.
    return Array.isArray(value) ? "[…" : "{…";
  }
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
