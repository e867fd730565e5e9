/**
 * What this version does with an argument, in words.
 *
 * @module
 */
import type { Field } from "./field.ts";

/**
 * Says what becomes of the values of an argument.
 *
 * @param field the record
 * @param spell how the name of another argument is written
 * @returns a sentence, or an empty text where every value is honoured
 */
export function supportNote({ support }: Field<unknown>, spell: (name: string) => string): string {
  switch (support.kind) {
    case "effect":
      return "";
    case "partly": {
      const values = support.values.map((value) => JSON.stringify(value)).join(", ");
      return `Only ${values}: the rest is refused (${support.reason}; ${support.instead}).`;
    }
    case "alias":
      return `Sets ${spell(support.of)}${"as" in support ? ` to ${support.as}` : ""}.`;
    case "inert":
      return `Changes nothing: ${support.note}.`;
    case "refused":
      return `Only the default: the rest is refused (${support.reason}; ${support.instead}).`;
  }
}
