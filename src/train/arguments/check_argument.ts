/**
 * Checks the value of one argument: its type, its range, and whether this version honours it.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { Field } from "./field.ts";
import { argumentFields, type ArgumentName, type ArgumentValue } from "./fields.ts";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";
import { wanted } from "./wanted.ts";

/**
 * Checks one value.
 *
 * @param name the upstream name of the argument
 * @param value any value
 * @returns the value; lists and objects as copies
 * @throws {UsageError} if it is of another type, out of range, or one that is not honoured; the
 *   message says what to give in its place
 */
export function checkArgument<Name extends ArgumentName>(
  name: Name,
  value: unknown,
): ArgumentValue<Name> {
  const field = argumentFields.get(name)!;
  const parsed = field.schema.safeParse(value);
  if (!parsed.success) throw refusal(name, value, wantedWords(field, value));
  const reasons = unsupported(field, parsed.data);
  if (reasons !== null) throw refusal(name, value, reasons);
  return parsed.data as ArgumentValue<Name>;
}

/**
 * Compares two values of arguments.
 *
 * @param a a value that has been checked
 * @param b another one
 * @returns whether they are equal, lists and objects member by member
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function unsupported({ support, default: ofUpstream }: Field<unknown>, value: unknown) {
  if (support.kind !== "partly" && support.kind !== "refused") return null;
  const honoured = support.kind === "partly" ? support.values : [ofUpstream];
  if (honoured.some((one) => sameValue(one, value))) return null;
  return `${support.reason}; ${support.instead}`;
}

function refusal(name: ArgumentName, value: unknown, reasons: string): UsageError {
  const found = name.endsWith("_token") ? `<${name.toUpperCase()}>` : shown(value);
  return new UsageError(`Cannot set ${name} to ${found}: ${reasons}`);
}

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `${value}`;
  return JSON.stringify(value) ?? typeof value;
}

function wantedWords({ schema }: Field<unknown>, value: unknown): string {
  const guess = typeof value === "string" ? nearest(value, choices(jsonSchemaOf(schema))) : null;
  return `wanted ${wanted(schema)}${guess === null ? "" : `; the nearest is "${guess}"`}`;
}

function choices({ enum: values = [], anyOf = [] }: JsonSchema): string[] {
  return [...values.map(String), ...anyOf.flatMap(choices)];
}
