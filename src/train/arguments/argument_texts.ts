/**
 * The ways to write all arguments out.
 *
 * @module
 */
import { hiddenToken } from "./check_argument.ts";

/** Values by upstream name. */
type Named = Readonly<Record<string, unknown>>;

/**
 * Hides tokens, as `to_dict` upstream does: whether there is one or not.
 *
 * @param values values by upstream name
 * @returns the same, with the name in capitals in the place of each token
 */
export function withoutTokens(values: Named): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name.endsWith("_token") ? hiddenToken(name) : value,
    ]),
  );
}

/**
 * Turns all that is no boolean, number or text into text, as `to_sanitized_dict` upstream does for
 * services that take nothing else.
 *
 * @param values values by upstream name
 * @returns the same with "None" for null, and JSON for lists and objects
 */
export function sanitized(values: Named): Record<string, boolean | number | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "object" ? textOf(value) : value as boolean | number | string,
    ]),
  );
}

function textOf(value: object | null): string {
  return value === null ? "None" : JSON.stringify(value);
}

/**
 * Writes a line an argument in the order of names, as `str` upstream does: without the two older
 * names of batch sizes.
 *
 * @param className what the arguments are called
 * @param values values by upstream name, tokens hidden
 * @returns the text, with texts as they are and JSON for other values
 */
export function argumentLines(className: string, values: Named): string {
  const lines = Object.entries(values)
    .filter(([name]) => !/^per_gpu_(train|eval)_batch_size$/.test(name))
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, value]) =>
      `${name}=${typeof value === "string" ? value : JSON.stringify(value)},\n`
    );
  return `${className}(\n${lines.join("")})`;
}

/**
 * Copies lists and objects, so that nobody can change them.
 *
 * @param value the value of an argument
 * @returns a copy that is frozen throughout
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const copy = Array.isArray(value)
    ? value.map(frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, frozenCopy(part)]));
  return Object.freeze(copy) as T;
}
