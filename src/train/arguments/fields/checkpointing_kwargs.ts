/**
 * The checks of `gradient_checkpointing_kwargs`.
 *
 * @module
 */
import { nearest } from "../../../nearest.ts";

type Kwargs = Readonly<Record<string, unknown>> | null;

const TYPES: Readonly<Record<string, { fits: (value: unknown) => boolean; wanted: string }>> = {
  use_reentrant: { fits: (value) => typeof value === "boolean", wanted: "true or false" },
  every_n_layers: {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    wanted: "an integer of at least 1",
  },
};

/**
 * Checks the values of known settings.
 *
 * @param kwargs settings by upstream name
 * @returns what is wrong with the first wrong one, or null
 */
export function checkpointingError(kwargs: Kwargs): string | null {
  for (const [key, value] of Object.entries(kwargs ?? {})) {
    if (!Object.hasOwn(TYPES, key) || TYPES[key].fits(value)) continue;
    return `${key} is ${JSON.stringify(value)}; wanted ${TYPES[key].wanted}`;
  }
  return null;
}

/**
 * Checks the names of settings: others belong to PyTorch.
 *
 * @param kwargs settings by upstream name
 * @returns why the first unknown one is not honoured, and what to use instead, or null
 */
export function checkpointingRefusal(kwargs: Kwargs): string | null {
  const known = Object.keys(TYPES);
  const key = Object.keys(kwargs ?? {}).find((name) => !known.includes(name));
  if (key === undefined) return null;
  const guess = nearest(key, known);
  return `"${key}" is unknown here; use "every_n_layers" or "use_reentrant"` +
    (guess === null ? "" : `, the nearest is "${guess}"`);
}
