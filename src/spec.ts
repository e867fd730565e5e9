/**
 * A name with options, as command lines write it.
 *
 * @module
 */
import { UsageError } from "./errors.ts";

/** A name with options, neither checked yet. */
export interface Spec {
  /** What was given as the name. */
  readonly name: string;
  /** What was given as options. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads `NAME`, or `NAME:{...}` with the options as JSON.
 *
 * @param kind What is named, for messages, as "loss".
 * @param text Such as `triplet:{"margin": 0.1}`.
 * @returns Name and options.
 * @throws {UsageError} If what follows the name is not a JSON object.
 */
export function parseSpec(kind: string, text: string): Spec {
  const colon = text.indexOf(":");
  if (colon < 0) return { name: text, options: {} };
  const name = text.slice(0, colon);
  const json = text.slice(colon + 1);
  let options: unknown;
  try {
    options = JSON.parse(json);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new UsageError(`Cannot read options of ${kind} "${name}": ${message}`, { cause });
  }
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError(
      `Cannot read options of ${kind} "${name}": found ${json}, ` +
        `wanted a JSON object such as {"name": "dev"}`,
    );
  }
  return { name, options: options as Record<string, unknown> };
}
