/**
 * Types of arguments in plain words.
 *
 * @module
 */
import type { z } from "zod";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";

/**
 * Says what values a type has: `an integer of at least 1 or null`.
 *
 * @param type the type and range of an argument
 * @returns words that follow "wanted"
 */
export function wanted(type: z.ZodType): string {
  return wantedBy(jsonSchemaOf(type));
}

/**
 * Says what values a JSON Schema has.
 *
 * @param schema a schema, as arguments have them
 * @returns words that follow "wanted"
 */
export function wantedBy(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(wantedBy).join(" or ");
  if (schema.enum !== undefined) {
    return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  }
  if (typeof schema.type === "object") {
    return schema.type.map((type) => wantedBy({ ...schema, type })).join(" or ");
  }
  switch (schema.type) {
    case "integer":
      return `an integer${range(schema)}`;
    case "number":
      return `a number${range(schema)}`;
    case "string":
      return schema.minLength === undefined ? "a text" : "a text that is not empty";
    case "boolean":
      return "true or false";
    case "array":
      return schema.items?.enum === undefined ? "a list of texts" : "a list of those";
    case "object":
      return "an object";
    case "null":
      return "null";
    default:
      throw new TypeError(`Cannot describe a type: no words for ${JSON.stringify(schema)}`);
  }
}

function range({ minimum, maximum, exclusiveMaximum }: JsonSchema): string {
  if (minimum === undefined) return "";
  if (maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (exclusiveMaximum !== undefined) return ` from ${minimum} to below ${exclusiveMaximum}`;
  return ` of at least ${minimum}`;
}
