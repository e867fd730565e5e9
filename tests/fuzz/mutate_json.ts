/**
 * Random damage to JSON values, which leaves most of their text JSON.
 *
 * @module
 */
import type { Dice } from "./dice.ts";

/** An object or a list, and a key of it. */
type Place = [parent: Record<string, unknown>, key: string];

/** Stands for text that no value has, such as numbers out of range. */
const RAW = "\u2060raw ";

const raw = (text: string): string => RAW + text;

/** Nesting that only a few levels more than usual make, and nesting that no stack holds. */
const DEPTHS = [20, 600, 20_000];

const KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "",
  "0",
  "-1",
  "\ud800",
  "\0",
  "\ufeff",
  "a".repeat(3000),
];

const TEXTS: readonly string[] = [
  "",
  " ",
  "\0",
  "\ufeff",
  "\ud800",
  "x\udfffy",
  "../",
  "../../outside",
  "..",
  ".",
  "/outside",
  "C:\\outside",
  "a/../../b",
  "a\0b",
  "null",
  "NaN",
  "-Infinity",
  "__proto__",
  "constructor",
  "(",
  "(a+)+$",
  "\\",
  "${x}",
  "%s",
  "1e999",
  "ﬃ İ ß",
  "a".repeat(20_000),
];

const NUMBERS: readonly unknown[] = [
  0,
  raw("-0"),
  -1,
  1,
  0.5,
  -0.5,
  3,
  7,
  255,
  1e-320,
  1e10,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e308,
  raw("1e999"),
  raw("-1e999"),
  raw("1.0"),
  raw("123456789012345678901234567890"),
];

/**
 * Damages a JSON value in one to three places.
 *
 * @param value The value; it stays as it is.
 * @param dice Chooses.
 * @returns The text of another one.
 */
export function mutateJson(value: unknown, dice: Dice): string {
  const root: Record<string, unknown> = { root: copied(value) };
  for (let left = 1 + dice.below(3); left > 0; left--) change(root, dice);
  let text = JSON.stringify(root.root, null, dice.oneIn(4) ? 2 : undefined) ?? "";
  if (text.includes(RAW)) text = text.replaceAll(/"\u2060raw ([^"]*)"/g, spelt);
  return text;
}

function spelt(_: string, text: string): string {
  const depth = Number(/^deep (\d+)$/.exec(text)?.[1] ?? -1);
  return depth < 0 ? text : "[".repeat(depth) + "1" + "]".repeat(depth);
}

function copied(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}

function change(root: Record<string, unknown>, dice: Dice): void {
  const places: Place[] = [];
  collect(root, places, 0);
  const [parent, key] = dice.pick(places);
  const [other, otherKey] = dice.pick(places);
  switch (dice.below(8)) {
    case 0:
      if (parent === root) set(parent, key, hostile(dice));
      else if (Array.isArray(parent)) parent.splice(Number(key), 1 + dice.below(2));
      else delete parent[key];
      return;
    case 1:
      return set(parent, Array.isArray(parent) ? key : newKey(other, dice), copied(parent[key]));
    case 2:
      return set(parent, key, copied(other[otherKey]));
    case 3: {
      const [value, otherValue] = [copied(parent[key]), copied(other[otherKey])];
      set(parent, key, otherValue);
      return set(other, otherKey, value);
    }
    case 4:
      return set(parent, key, wrapped(parent[key], dice));
    case 5:
      return set(parent, key, tweaked(parent[key], dice));
    case 6:
      if (parent === root) return;
      return set(parent, newKey(other, dice), hostile(dice));
    default:
      return set(parent, key, hostile(dice));
  }
}

/** Every place of a value; of the tables of a vocabulary a few. */
function collect(parent: Record<string, unknown>, places: Place[], depth: number): void {
  const keys = Object.keys(parent);
  const step = Math.max(1, Math.floor(keys.length / 24));
  for (let i = 0; i < keys.length; i += step) {
    places.push([parent, keys[i]]);
    const value = parent[keys[i]];
    if (typeof value === "object" && value !== null && depth < 12) {
      collect(value as Record<string, unknown>, places, depth + 1);
    }
  }
}

/** Own properties alone, `__proto__` too. */
function set(parent: Record<string, unknown>, key: string, value: unknown): void {
  if (Array.isArray(parent)) {
    const index = Number(key);
    parent[Number.isInteger(index) && index >= 0 && index <= parent.length ? index : 0] = value;
    return;
  }
  Object.defineProperty(parent, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function newKey(other: Record<string, unknown>, dice: Dice): string {
  return dice.oneIn(2) ? dice.pick(KEYS) : dice.pick([...Object.keys(other).slice(0, 24), "x"]);
}

function wrapped(value: unknown, dice: Dice): unknown {
  const inner = copied(value);
  return dice.pick<unknown>([[inner], { x: inner }, [inner, copied(value)], []]);
}

function tweaked(value: unknown, dice: Dice): unknown {
  if (typeof value === "number") {
    return dice.pick([-value, value + 1, value - 1, value * 2, value / 2, value * 2 ** 20]);
  }
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") {
    const at = dice.below(value.length + 1);
    return dice.pick([
      value.slice(0, at),
      value.slice(at),
      value.slice(0, at) + dice.pick(TEXTS) + value.slice(at),
      value.toUpperCase(),
      value + value,
    ]);
  }
  if (Array.isArray(value)) {
    return dice.pick([[], value.slice(1), [...value, ...value], value.toReversed(), value.flat()]);
  }
  return value === null ? {} : Object.entries(value as object);
}

function hostile(dice: Dice): unknown {
  switch (dice.below(6)) {
    case 0:
    case 1:
      return dice.pick(NUMBERS);
    case 2:
      return dice.pick(TEXTS);
    case 3:
      return dice.pick<unknown>([null, true, false, [], {}, [null], [[]], { x: 1 }, [0], [""]]);
    case 4:
      return dice.oneIn(3) ? raw(`deep ${dice.pick(DEPTHS)}`) : dice.pick([null, "x", 1]);
    default:
      return Array.from({ length: dice.below(40) }, () => dice.pick<unknown>([0, "a", null]));
  }
}
