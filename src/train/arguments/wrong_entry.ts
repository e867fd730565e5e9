/**
 * Which entry of a list or an object is wrong.
 *
 * @module
 */
import type { z } from "zod";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";

/** An entry that is of another type or out of range. */
export interface WrongEntry {
  /** Where it is: `prompts.trivia.query`, `label_names[0]`, `learning_rate_mapping["bias$"]`. */
  readonly place: string;
  /** The entry. */
  readonly value: unknown;
  /** What it should be. */
  readonly schema: JsonSchema;
}

/**
 * Finds the first wrong entry within a value that a type refuses.
 *
 * @param type the type and range of an argument
 * @param value a value
 * @param name what the value is called
 * @returns the entry, or `null` where the value is accepted, or wrong as a whole
 */
export function wrongEntry(type: z.ZodType, value: unknown, name: string): WrongEntry | null {
  const issue = type.safeParse(value).error?.issues.at(0);
  const path = issue === undefined ? [] : pathOf(issue);
  if (path.length === 0) return null;
  let [place, entry, schemas]: [string, unknown, readonly JsonSchema[]] = [
    name,
    value,
    [jsonSchemaOf(type)],
  ];
  for (const key of path) {
    place += typeof key === "number" ? `[${key}]` : placeOf(String(key));
    entry = (entry as Record<PropertyKey, unknown>)[key];
    schemas = schemas.flatMap((schema) => entriesOf(schema, key));
  }
  return { place, value: entry, schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } };
}

/** A union has issues of each of its types; the type that was meant is the one that leads deepest. */
function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  if (issue.code !== "invalid_union") return issue.path;
  const paths = issue.errors.filter(({ length }) => length > 0).map(([first]) => pathOf(first));
  const deepest = paths.reduce((a, b) => b.length > a.length ? b : a, []);
  return [...issue.path, ...deepest];
}

function entriesOf(schema: JsonSchema, key: PropertyKey): JsonSchema[] {
  const { anyOf = [], items, additionalProperties } = schema;
  const entry = typeof key === "number" ? items : additionalProperties;
  return [
    ...anyOf.flatMap((one) => entriesOf(one, key)),
    ...typeof entry === "object" ? [entry] : [],
  ];
}

function placeOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
