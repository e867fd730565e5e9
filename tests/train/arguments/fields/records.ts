/** What the tests of the argument records share. */
import { assert, assertFalse } from "@std/assert";
import type { Field, Support } from "../../../../src/train/arguments/field.ts";

type Fields = Readonly<Record<string, Field<unknown>>>;

/** The defaults by upstream name. */
export function defaultsOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { default: value }]) => [
      name,
      value,
    ]),
  );
}

/** The names of the arguments whose values are supported in that way. */
export function namesOf(fields: Fields, kind: Support<unknown>["kind"]): string[] {
  return Object.keys(fields).filter((name) => fields[name].support.kind === kind);
}

/** The values that are honoured where only some are. */
export function honouredOf({ support }: Field<unknown>): readonly unknown[] {
  assert(support.kind === "partly");
  return support.values;
}

/** Asserts that a record's type takes the `good` values and none of the `bad` ones. */
export function assertRange(field: Field<unknown>, good: unknown[], bad: unknown[]): void {
  for (const value of good) assert(field.schema.safeParse(value).success, `refuses ${value}`);
  for (const value of bad) assertFalse(field.schema.safeParse(value).success, `takes ${value}`);
}
