/**
 * Deep equality as `@std/assert` defines it: `NaN` equals `NaN`, `-0` equals `0`. Stricter in two
 * cases: a sparse array differs from a shorter one, and the entries of a set or map are paired one by
 * one.
 *
 * @module
 */

/** Prototypes whose objects are equal when their texts are. */
const TEXTUAL = new Set<object | null>([
  RegExp.prototype,
  URL.prototype,
  URLSearchParams.prototype,
  Intl.Locale.prototype,
]);

/** Prototypes whose properties every object or array has. */
const COMMON = new Set<object | null>([null, Object.prototype, Array.prototype]);

/**
 * Whether `actual` and `expected` have the same prototype and the same content.
 *
 * @throws {TypeError} for weak maps and sets, whose content cannot be read
 */
export function equal(actual: unknown, expected: unknown): boolean {
  return equalWithin(actual, expected, new Map());
}

/** `seen` holds the pairs under comparison, so that a cycle ends. */
function equalWithin(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (!samePrototype(a, b)) return false;
  if (isBuffer(a)) return equalItems(new Uint8Array(a), new Uint8Array(b as ArrayBuffer), seen);
  if (ArrayBuffer.isView(a) && !(a instanceof DataView)) {
    return equalItems(a as unknown as ArrayLike<unknown>, b as ArrayLike<unknown>, seen);
  }
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name}s: their content cannot be read`);
  }
  if (a instanceof WeakRef) return equalWithin(a.deref(), (b as WeakRef<object>).deref(), seen);
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (a instanceof Set) return equalEntries([...a], [...b as Set<unknown>], seen);
  if (a instanceof Map) return equalEntries([...a], [...b as Map<unknown, unknown>], seen);
  if (TEXTUAL.has(Object.getPrototypeOf(a))) return String(a) === String(b);
  if (a instanceof Array && a.length !== (b as unknown[]).length) return false;
  return equalProperties(a, b, seen);
}

/** An object without a prototype counts as a plain one. */
function samePrototype(a: object, b: object): boolean {
  const [left, right] = [a, b].map((value) => Object.getPrototypeOf(value) ?? Object.prototype);
  return left === right;
}

function isBuffer(value: object): value is ArrayBuffer | SharedArrayBuffer {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function equalItems(
  a: ArrayLike<unknown>,
  b: ArrayLike<unknown>,
  seen: Map<object, object>,
): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equalWithin(a[i], b[i], seen)) return false;
  return true;
}

/** Whether each entry of `a` finds its own equal in `b`, in any order. */
function equalEntries(a: unknown[], b: unknown[], seen: Map<object, object>): boolean {
  if (a.length !== b.length) return false;
  const rest = [...b];
  return a.every((entry) => {
    // A failed trial must not leave its pairs behind, or a later trial would trust them.
    const at = rest.findIndex((other) => equalWithin(entry, other, new Map(seen)));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function equalProperties(a: object, b: object, seen: Map<object, object>): boolean {
  const [left, right] = [a, b] as Record<PropertyKey, unknown>[];
  const keys = propertiesOf(a).union(propertiesOf(b));
  return keys.values().every((key) =>
    key in a === key in b && equalWithin(left[key], right[key], seen)
  );
}

/**
 * Of plain objects and arrays what is enumerable; of others all names up the chain of prototypes, as
 * their content may be behind getters or, with errors, not enumerable.
 */
function propertiesOf(value: object): Set<PropertyKey> {
  if (COMMON.has(Object.getPrototypeOf(value))) return new Set(Reflect.ownKeys({ ...value }));
  const keys = new Set<PropertyKey>();
  for (let at: object | null = value; !COMMON.has(at); at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at!)) keys.add(key);
  }
  return keys;
}
