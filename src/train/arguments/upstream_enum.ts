/**
 * The sentences in which upstream refuses a name that it does not know.
 *
 * @module
 */

/**
 * Makes the sentence of an enumeration of transformers.
 *
 * Source: `ExplicitEnum` of transformers.
 *
 * @param className what upstream calls the enumeration
 * @param names the names that there are
 * @returns gives the sentence for a text that is none of them, and null for any other value
 */
export function upstreamEnum(
  className: string,
  names: readonly string[],
): (value: unknown) => string | null {
  return (value) =>
    typeof value !== "string" || names.includes(value) ? null : `${value} is not a valid ` +
      `${className}, please select one of [${names.map((name) => `'${name}'`).join(", ")}]`;
}

/**
 * Makes the same sentence for a text that may hold several names with spaces between, or a list.
 *
 * @param className what upstream calls the enumeration
 * @param names the names that there are
 * @returns gives the sentence for the first name that there is not, or null
 */
export function upstreamEnums(
  className: string,
  names: readonly string[],
): (value: string | readonly string[] | null) => string | null {
  const sentence = upstreamEnum(className, names);
  return (value) => optionsOf(value).map(sentence).find((found) => found !== null) ?? null;
}

/**
 * Takes the options out of an argument that upstream reads as a list.
 *
 * @param value a list, or a text with spaces between options
 * @returns the options
 */
export function optionsOf(value: string | readonly string[] | null): readonly string[] {
  const list = typeof value === "string" ? value.split(" ") : value ?? [];
  return list.filter((option) => option !== "");
}
