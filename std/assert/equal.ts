/** Deep equality as `@std/assert` defines it: `NaN` equals `NaN`, `-0` equals `0`. @module */

/** Whether `actual` and `expected` have the same constructor and the same content. */
export function equal(actual: unknown, expected: unknown): boolean {
  return equalWithin(actual, expected, new Map());
}

/** `seen` holds the pairs under comparison, so that a cycle ends. */
function equalWithin(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!sameConstructor(a, b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (a instanceof Date) return equalWithin(a.getTime(), (b as Date).getTime(), seen);
  if (a instanceof ArrayBuffer) {
    return equalItems(new Uint8Array(a), new Uint8Array(b as ArrayBuffer), seen);
  }
  if (ArrayBuffer.isView(a) && !(a instanceof DataView)) {
    return equalItems(a as unknown as ArrayLike<unknown>, b as ArrayLike<unknown>, seen);
  }
  if (a instanceof Set) return equalEntries([...a], [...b as Set<unknown>], seen);
  if (a instanceof Map) return equalEntries([...a], [...b as Map<unknown, unknown>], seen);
  return equalProperties(a, b, seen);
}

/** An object without a prototype counts as a plain one. */
function sameConstructor(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
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
  const keys = ownKeys(a);
  return keys.length === ownKeys(b).length && a instanceof Array === b instanceof Array &&
    (!(a instanceof Array) || a.length === (b as unknown[]).length) &&
    keys.every((key) => Object.hasOwn(b, key) && equalWithin(left[key], right[key], seen));
}

function ownKeys(value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value);
  return [
    ...Object.keys(value),
    ...symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)),
  ];
}
