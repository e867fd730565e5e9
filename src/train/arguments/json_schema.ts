/**
 * The training arguments as a JSON Schema, for editors that complete and check configurations.
 *
 * @module
 */
import { z } from "zod";
import { LATER_NAMES } from "./argument_name.ts";
import { argumentFields } from "./fields.ts";
import { supportNote } from "./support_note.ts";

/** The part of JSON Schema that the arguments make use of. */
export interface JsonSchema {
  /** The version of JSON Schema. */
  $schema?: string;
  /** What the value is for. */
  description?: string;
  /** What the whole is called. */
  title?: string;
  /** Whether the value has a newer name. */
  deprecated?: boolean;
  /** The value that stands for an absent one. */
  default?: unknown;
  /** The type of the value, or the types one of which it has. */
  type?: string | readonly string[];
  /** The values that there are. */
  enum?: readonly unknown[];
  /** The schemas one of which holds. */
  anyOf?: readonly JsonSchema[];
  /** What is in a list. */
  items?: JsonSchema;
  /** The smallest number. */
  minimum?: number;
  /** The greatest number. */
  maximum?: number;
  /** What the number is below. */
  exclusiveMaximum?: number;
  /** The least length of a text. */
  minLength?: number;
  /** The keys of an object. */
  properties?: Record<string, JsonSchema>;
  /** Whether other keys may be there. */
  additionalProperties?: boolean | JsonSchema;
}

/**
 * The schema of one value.
 *
 * @param type the type and range of an argument
 * @returns the same in JSON Schema
 */
export function jsonSchemaOf(type: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    override: ({ jsonSchema }) => {
      // Every integer of zod is bounded by what a double can count.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return schema as JsonSchema;
}

/**
 * The schema of a configuration file with training arguments under their upstream names.
 *
 * @returns a JSON Schema of draft 2020-12
 */
export function argumentsJsonSchema(): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, field] of argumentFields) {
    properties[name] = {
      description: `${field.doc} ${supportNote(field, (other) => other)}`.trimEnd(),
      ...field.support.kind === "alias" ? { deprecated: true } : {},
      default: field.default,
      ...jsonSchemaOf(field.schema),
    };
  }
  for (const [later, name] of LATER_NAMES) properties[later] = properties[name];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Training arguments",
    type: "object",
    properties,
    additionalProperties: false,
  };
}
