/** The part of `@std/assert` that this repository uses; differences are drawn by `node:assert`. @module */
import { AssertionError as NodeAssertionError } from "node:assert";
import { inspect } from "node:util";
import { equal } from "./equal.ts";

export { equal };

/** What an assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;
// deno-lint-ignore no-explicit-any
type ErrorConstructor<E extends Error> = new (...args: any[]) => E;

/** Asserts that `condition` is truthy. */
export function assert(condition: unknown, message = "Expected a truthy value"): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Asserts that `condition` is falsy. */
export function assertFalse(condition: unknown, message = "Expected a falsy value"): void {
  assert(!condition, message);
}

/** Asserts deep equality. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (equal(actual, expected)) return;
  const { message: difference } = new NodeAssertionError({
    actual,
    expected,
    operator: "deepStrictEqual",
  });
  throw new AssertionError(join(message, difference));
}

/** Asserts that deep equality does not hold. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(join(message, `Expected values that differ, both are ${show(actual)}`));
}

/** Asserts that both are the same value, by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(join(message, `Expected the same value: ${sides(actual, expected)}`));
}

/** Asserts that both are not the same value, by `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(join(message, `Expected another value than ${show(actual)}`));
}

/** Asserts that two numbers differ by at most `tolerance`: 1e-7 of `expected` unless given. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7,
  message?: string,
): void {
  const distance = Math.abs(expected - actual);
  if (Object.is(actual, expected) || distance <= tolerance) return;
  const reason = `${sides(actual, expected)}, apart by ${distance}, allowed ${tolerance}`;
  throw new AssertionError(join(message, reason));
}

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  if (actual > expected) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} > ${show(expected)}`));
}

/** Asserts `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} >= ${show(expected)}`));
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void {
  if (actual < expected) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} < ${show(expected)}`));
}

/** Asserts `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} <= ${show(expected)}`));
}

/** Asserts that `actual` is neither `null` nor `undefined`. */
export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(join(message, `Expected a value, found ${actual}`));
}

/** Asserts that `actual` is an instance of `expected`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expected: Class<T>,
  message?: string,
): asserts actual is T {
  if (actual instanceof expected) return;
  const reason = `Expected an instance of ${expected.name}, found ${show(actual)}`;
  throw new AssertionError(join(message, reason));
}

/** Asserts that `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} to contain ${show(expected)}`));
}

/** Asserts that `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(join(message, `Expected ${show(actual)} to match ${expected}`));
}

/** Asserts that `error` is of `ErrorClass`, its message holding `messageIncludes` if given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass: Class<E> = Error as unknown as Class<E>,
  messageIncludes: string | RegExp = "",
  message?: string,
): asserts error is E {
  assertInstanceOf(error, ErrorClass, message);
  if (typeof messageIncludes === "string") {
    assertStringIncludes(error.message, messageIncludes, message);
  } else {
    assertMatch(error.message, messageIncludes, message);
  }
}

/** Asserts that `fn` throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
/** Asserts that `fn` throws an `ErrorClass` whose message holds `messageIncludes`; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructor<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMessage?: ErrorConstructor<E> | string,
  messageIncludes?: string,
  message?: string,
): unknown {
  const [ErrorClass, note] = expectation(classOrMessage, message);
  try {
    fn();
  } catch (error) {
    if (ErrorClass) assertIsError(error, ErrorClass, messageIncludes, note);
    return error;
  }
  throw new AssertionError(join(note, "Expected the function to throw"));
}

/** Asserts that the promise of `fn` rejects, and resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/** Asserts that it rejects with an `ErrorClass` whose message holds `messageIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructor<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMessage?: ErrorConstructor<E> | string,
  messageIncludes?: string,
  message?: string,
): Promise<unknown> {
  const [ErrorClass, note] = expectation(classOrMessage, message);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    throw new AssertionError(join(note, "Expected a promise that rejects, the function threw"));
  }
  try {
    await promise;
  } catch (error) {
    if (ErrorClass) assertIsError(error, ErrorClass, messageIncludes, note);
    return error;
  }
  throw new AssertionError(join(note, "Expected the promise to reject"));
}

/** Fails. */
export function fail(message?: string): never {
  throw new AssertionError(join(message, "Failed assertion"));
}

/** Fails when control reaches it. */
export function unreachable(reason?: string): never {
  throw new AssertionError(join(reason, "Unreachable"));
}

function expectation<E extends Error>(
  classOrMessage: ErrorConstructor<E> | string | undefined,
  message: string | undefined,
): [ErrorConstructor<E> | undefined, string | undefined] {
  return typeof classOrMessage === "string"
    ? [undefined, classOrMessage]
    : [classOrMessage, message];
}

function join(message: string | undefined, reason: string): string {
  return message === undefined ? reason : `${message}: ${reason}`;
}

function sides(actual: unknown, expected: unknown): string {
  return `found ${show(actual)}, expected ${show(expected)}`;
}

function show(value: unknown): string {
  return inspect(value);
}
