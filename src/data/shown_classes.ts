/**
 * Classes, as messages show them.
 *
 * @module
 */

/** How many are shown. */
const SHOWN = 8;

/**
 * Shows which number means what.
 *
 * @param names What the classes 0, 1, ... are called.
 * @returns The first of them with their numbers, and how many there are besides.
 */
export function shownClasses(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name, number) => `${number} ${name}`).join(", ");
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
