/**
 * Random damage to the bytes of a file.
 *
 * @module
 */
import type { Dice } from "./dice.ts";

const encoder = new TextEncoder();

/** What parsers trip over. */
const TOKENS: readonly Uint8Array[] = [
  "\ufeff",
  "\0",
  "\r",
  "\r\n",
  "\n",
  '"',
  '""',
  "\\",
  "\\ud800",
  ",",
  "\t",
  ":",
  "{",
  "}",
  "[",
  "]",
  "-0",
  "1e999",
  "-1e999",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  '"__proto__":{"x":1},',
  "../../",
  "/etc/passwd",
  "[".repeat(30_000),
  '{"a":'.repeat(10_000),
  "a".repeat(40_000),
].map((text) => encoder.encode(text));

/** Integers at which counts and offsets go wrong. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];

type Change = (bytes: Uint8Array, dice: Dice) => Uint8Array;

const CHANGES: readonly Change[] = [
  function flip(bytes, dice) {
    const copy = bytes.slice();
    if (copy.length > 0) copy[dice.below(copy.length)] ^= 1 << dice.below(8);
    return copy;
  },
  function set(bytes, dice) {
    const copy = bytes.slice();
    if (copy.length > 0) copy[dice.below(copy.length)] = dice.below(256);
    return copy;
  },
  function truncate(bytes, dice) {
    return bytes.slice(0, dice.below(bytes.length + 1));
  },
  function cut(bytes, dice) {
    const [start, end] = rangeOf(bytes, dice);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  function duplicate(bytes, dice) {
    const [start, end] = rangeOf(bytes, dice);
    return joined(bytes.subarray(0, end), bytes.subarray(start));
  },
  function splice(bytes, dice) {
    const [start, end] = rangeOf(bytes, dice);
    const at = dice.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), bytes.subarray(start, end), bytes.subarray(at));
  },
  function insert(bytes, dice) {
    const at = dice.oneIn(4) ? 0 : dice.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), dice.pick(TOKENS), bytes.subarray(at));
  },
  function integer(bytes, dice) {
    const copy = bytes.slice();
    const size = dice.pick([1, 2, 4, 8]);
    if (copy.length < size) return copy;
    const at = dice.oneIn(3) ? 0 : dice.below(copy.length - size + 1);
    let value = dice.pick(EDGES);
    for (let i = 0; i < size; i++, value >>= 8n) copy[at + i] = Number(value & 0xffn);
    return copy;
  },
];

/**
 * Damages bytes in one to four places.
 *
 * @param bytes The bytes; they stay as they are.
 * @param dice Chooses.
 * @returns Others.
 */
export function mutateBytes(bytes: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  let result = bytes;
  for (let left = 1 + dice.below(4); left > 0; left--) result = dice.pick(CHANGES)(result, dice);
  return result as Uint8Array<ArrayBuffer>;
}

/** Short ranges mostly, for long ones leave little to read. */
function rangeOf(bytes: Uint8Array, dice: Dice): [number, number] {
  const start = dice.below(bytes.length + 1);
  const most = dice.oneIn(4) ? bytes.length - start : Math.min(16, bytes.length - start);
  return [start, start + dice.below(most + 1)];
}

/** Puts pieces one behind the other. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
