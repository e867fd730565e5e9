/**
 * What is known of one training argument. Flag, JSON key, property, help text, schema and docs all
 * follow from this record.
 *
 * @module
 */
import type { z } from "zod";

/** One training argument; its upstream name is the key under which the record is kept. */
export interface Field<T> {
  /** The type and the range. */
  readonly schema: z.ZodType<T>;
  /** The upstream default. */
  readonly default: T;
  /** What the number counts. */
  readonly unit?: string;
  /** What the argument does, and any difference from upstream: whole sentences. */
  readonly doc: string;
  /** What becomes of a value. */
  readonly support: Support<T>;
  /** What is wrong with a value of the right type, or null. */
  check?(value: T): string | null;
  /** Upstream's sentence about a value of the wrong type or out of range, or null. */
  upstreamError?(value: unknown): string | null;
  /** What of an honoured type is not honoured, as `REASON; WHAT TO USE INSTEAD`, or null. */
  refuses?(value: T): string | null;
}

/** Checks a record and returns it. */
export function field<T>(record: Field<T>): Field<T> {
  return record;
}

/** What becomes of the value of an argument. */
export type Support<T> = Effect | Partly<T> | Alias | Inert | Refused;

/** Every value of the type is honoured. */
export interface Effect {
  /** Tells the kinds apart. */
  readonly kind: "effect";
}

/** Some values are honoured, the others refused. */
export interface Partly<T> {
  /** Tells the kinds apart. */
  readonly kind: "partly";
  /** The values that are honoured. */
  readonly values: readonly T[];
  /** Why the others are not. */
  readonly reason: string;
  /** What to use in their place. */
  readonly instead: string;
}

/** An older name: a value other than the default goes to another argument. */
export interface Alias {
  /** Tells the kinds apart. */
  readonly kind: "alias";
  /** The argument that takes the value. */
  readonly of: string;
  /** What the other argument is set to, where it is not the same value. */
  readonly as?: unknown;
  /** What the other argument is set to, where it follows from several: from values by upstream name. */
  readonly from?: (given: Readonly<Record<string, unknown>>) => unknown;
}

/** Any value is accepted, and none changes anything. */
export interface Inert {
  /** Tells the kinds apart. */
  readonly kind: "inert";
  /** Why there is nothing to change. */
  readonly note: string;
}

/** Only the default is accepted. */
export interface Refused {
  /** Tells the kinds apart. */
  readonly kind: "refused";
  /** Why another value cannot be honoured. */
  readonly reason: string;
  /** What to use in its place. */
  readonly instead: string;
}

/** The support of an argument whose every value is honoured. */
export const effect: Effect = { kind: "effect" };

/** A reason of refusals: planned, and not there yet. */
export const notBuilt = "not built yet in this version";
