/**
 * The loss inside a modifier, as configurations name it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Loss } from "./loss.ts";

/** Options of a modifier. */
type Options = Readonly<Record<string, unknown>>;

/**
 * Puts a loss in the place of its name.
 *
 * @param modifier The name of the modifier, for messages.
 * @param options Its options; `loss` is a loss, a name, or `{ name, options }`.
 * @param create Creates a loss by its name.
 * @returns The options with a loss.
 * @throws {UsageError} If `loss` is none of these.
 */
export function withInnerLoss(
  modifier: string,
  options: Options,
  create: (name: string, options?: Options) => Loss,
): Options & { readonly loss: Loss } {
  const { loss } = options;
  if (isLoss(loss)) return { ...options, loss };
  if (typeof loss === "string") return { ...options, loss: create(loss) };
  if (isNamed(loss)) return { ...options, loss: create(loss.name, loss.options) };
  throw new UsageError(
    `Cannot set up ${modifier}: loss is ${
      JSON.stringify(loss) ?? typeof loss
    }, wanted the name of a loss, or { "name": ..., "options": { ... } }`,
  );
}

/**
 * Whether a value is a loss.
 *
 * @param value Any value.
 * @returns Whether it can compute a loss.
 */
export function isLoss(value: unknown): value is Loss {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<Loss>).forward === "function";
}

function isNamed(value: unknown): value is { name: string; options?: Options } {
  if (typeof value !== "object" || value === null) return false;
  const { name, options = {}, ...rest } = value as Record<string, unknown>;
  return typeof name === "string" && typeof options === "object" && options !== null &&
    !Array.isArray(options) && Object.keys(rest).length === 0;
}
