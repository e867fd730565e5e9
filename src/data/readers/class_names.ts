/**
 * The names of classes that the library datasets of Hugging Face writes into the files of tables.
 *
 * @module
 */

/** The key under which the library describes its columns. */
export const FEATURES_KEY = "huggingface";

/**
 * Finds the columns that count classes, and how these are called.
 *
 * Source: `Features.arrow_schema` and `ClassLabel` of the library datasets.
 *
 * @param description What a file has under {@linkcode FEATURES_KEY}, if it has anything.
 * @returns The names of the classes 0, 1, ... by column. None where the description is not as the library
 *   writes it: the rows can be read without.
 */
export function classNames(description: string | null | undefined): Map<string, readonly string[]> {
  const features = featuresOf(description ?? "");
  return new Map(
    Object.entries(features).flatMap(([column, feature]) => {
      const { _type: type, names } = (feature ?? {}) as { _type?: unknown; names?: unknown };
      return type === "ClassLabel" && areNames(names) ? [[column, names]] : [];
    }),
  );
}

function featuresOf(description: string): Record<string, unknown> {
  try {
    return JSON.parse(description)?.info?.features ?? {};
  } catch {
    return {};
  }
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((name) => typeof name === "string");
}
