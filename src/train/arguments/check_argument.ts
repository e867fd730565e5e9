/**
 * Checks the value of one argument: its type, its range, and whether this version honours it.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { isDeeper } from "../../io/json.ts";
import { nearest } from "../../nearest.ts";
import type { Field } from "./field.ts";
import { argumentFields, type ArgumentName, type ArgumentValue } from "./fields.ts";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";
import type { Leniency } from "./leniency.ts";
import { wantedBy } from "./wanted.ts";
import { wrongEntry } from "./wrong_entry.ts";

/** No argument has as many; copies and comparisons have room for it. */
const MOST_LEVELS = 100;

/** What {@linkcode checkArgument} reads beside the value. */
export interface CheckOptions extends Leniency {
  /** The older name and its value, where the value was given that way; messages show them. */
  readonly alias?: { readonly name: ArgumentName; readonly value: unknown };
}

/**
 * Checks one value.
 *
 * @param name the upstream name of the argument
 * @param value any value
 * @param options whether a value that is not honoured gives way to the default
 * @returns the value; lists and objects as copies
 * @throws {UsageError} if it is of another type, out of range, or one that is not honoured; the
 *   message says what to give in its place, and contains upstream's where upstream refuses it as well
 */
export function checkArgument<Name extends ArgumentName>(
  name: Name,
  value: unknown,
  { lenient = false, warn, alias }: CheckOptions = {},
): ArgumentValue<Name> {
  const field = argumentFields.get(name)!;
  if (isDeeper(value, MOST_LEVELS)) {
    throw new UsageError(
      `Cannot set ${name}: found lists and objects within each other, ` +
        `wanted at most ${MOST_LEVELS} levels of them`,
    );
  }
  const action = alias === undefined
    ? `Cannot set ${name} to ${shownArgument(name, value)}: `
    : `Cannot set ${alias.name} to ${shownArgument(alias.name, alias.value)}, which sets ${name}: `;
  const parsed = field.schema.safeParse(value);
  if (!parsed.success) throw new UsageError(action + wantedWords(field, value, name));
  const wrong = field.check?.(parsed.data) ?? null;
  if (wrong !== null) throw new UsageError(action + wrong);
  const reasons = unsupported(field, parsed.data);
  if (reasons === null) return parsed.data as ArgumentValue<Name>;
  if (!lenient) throw new UsageError(action + reasons);
  warn?.(`${action}${reasons}; it stays ${shownArgument(name, field.default)}`, name);
  return field.schema.parse(field.default) as ArgumentValue<Name>;
}

/**
 * Compares two values of arguments.
 *
 * @param a a value that has been checked
 * @param b another one
 * @returns whether they are equal, lists and objects member by member
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, inOrder) === JSON.stringify(b, inOrder);
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

/**
 * Shows a value in a message.
 *
 * @param name the upstream name of the argument
 * @param value any value
 * @returns the value as JSON, or for a token that is given a sign in its place
 */
export function shownArgument(name: ArgumentName, value: unknown): string {
  if (name.endsWith("_token") && value !== null) return hiddenToken(name);
  return shown(value);
}

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `${value}`;
  return JSON.stringify(value) ?? typeof value;
}

/**
 * What stands in the place of a token, in files of upstream as well.
 *
 * @param name the upstream name of the argument
 * @returns the name in capitals between angle brackets
 */
export function hiddenToken(name: string): string {
  return `<${name.toUpperCase()}>`;
}

function unsupported(field: Field<unknown>, value: unknown): string | null {
  const { support, default: ofUpstream } = field;
  if (support.kind !== "partly" && support.kind !== "refused") {
    return field.refuses?.(value) ?? null;
  }
  const honoured = support.kind === "partly" ? support.values : [ofUpstream];
  if (honoured.some((one) => sameValue(one, value))) return null;
  return `${support.reason}; ${support.instead}`;
}

function wantedWords(field: Field<unknown>, value: unknown, name: string): string {
  const entry = wrongEntry(field.schema, value, name);
  const wrong = entry ?? { value, schema: jsonSchemaOf(field.schema) };
  const guess = typeof wrong.value === "string"
    ? nearest(wrong.value, choices(wrong.schema))
    : null;
  const place = entry === null ? "" : `${entry.place} is ${shown(entry.value)}; `;
  const words = field.upstreamError?.(value) ?? `${place}wanted ${wantedBy(wrong.schema)}`;
  if (guess === null) return words;
  return words + (words.endsWith(".") ? " The" : "; the") + ` nearest is "${guess}"`;
}

function choices({ enum: values = [], anyOf = [] }: JsonSchema): string[] {
  return [...values.map(String), ...anyOf.flatMap(choices)];
}
