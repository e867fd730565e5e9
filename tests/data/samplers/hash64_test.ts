import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { hash64 } from "../../../src/data/samplers/hash64.ts";

function hash(text: string): number[] {
  const out = new Uint32Array(2);
  hash64(text, out);
  return [...out];
}

/** Texts as data has them: alike but for a number, of one character, repeated, prefixes of others. */
function manyTexts(): string[] {
  const texts = Array.from({ length: 150_000 }, (_, i) => `what is the capital of ${i}?`);
  for (let i = 0; i < 30_000; i++) {
    texts.push(String.fromCharCode(i), `${i}`, `${i} ${i} and so on`);
  }
  for (let i = 2; i < 2000; i++) texts.push("a".repeat(i), "\0".repeat(i), "ab".repeat(i) + "!");
  return [...new Set(texts)];
}

/** How many of the words occurred before. */
function repeats(words: Iterable<number | bigint>): number {
  const seen = new Set<number | bigint>();
  let count = 0;
  for (const word of words) {
    if (seen.has(word)) count++;
    seen.add(word);
  }
  return count;
}

Deno.test("hash64: equal texts have equal hashes, at whatever index", () => {
  const out = new Uint32Array(6);
  hash64("some text", out, { index: 2 });
  assertEquals([...out], [0, 0, 0, 0, ...hash(["some", "text"].join(" "))]);
});

Deno.test("hash64: order, length, case and a trailing null make a difference", () => {
  const texts = [
    "ab",
    "ba",
    "a",
    "a\0",
    "a\0\0",
    "",
    "\0",
    "AB",
    "abab",
    "\ud800",
    "\udc00",
    "é",
    "e\u0301",
  ];
  for (const [i, text] of texts.entries()) {
    for (const other of texts.slice(0, i)) assertNotEquals(hash(text), hash(other));
  }
});

Deno.test("hash64: no collision in 64 bits, and as few in either half as chance makes", () => {
  const texts = manyTexts();
  assert(texts.length > 240_000);
  const hashes = new Uint32Array(2 * texts.length);
  texts.forEach((text, index) => hash64(text, hashes, { index }));
  assertEquals(repeats(new BigUint64Array(hashes.buffer)), 0);
  // Chance makes n^2 / 2^33 collisions of 32 bits, Poisson distributed; 6 deviations more are not chance.
  const mean = texts.length ** 2 / 2 ** 33;
  for (const half of [0, 1]) {
    const count = repeats(hashes.filter((_, i) => i % 2 === half));
    assert(count < mean + 6 * Math.sqrt(mean), `${count} collisions, ${mean} expected`);
  }
});

Deno.test("hash64: a changed bit of the text changes each bit of the hash half of the time", () => {
  const flips = new Float64Array(64);
  let changes = 0;
  for (let i = 0; i < 500; i++) {
    const text = `text ${i}, as good as any`;
    const [a, b] = hash(text);
    for (let bit = 0; bit < 16; bit++) {
      const at = (i + bit) % text.length;
      const code = text.charCodeAt(at) ^ (1 << bit);
      const [c, d] = hash(text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1));
      for (let k = 0; k < 32; k++) {
        flips[k] += ((a ^ c) >>> k) & 1;
        flips[32 + k] += ((b ^ d) >>> k) & 1;
      }
      changes++;
    }
  }
  // The share of n fair coins deviates by 1 / (2 sqrt(n)); 6 deviations.
  const bound = 3 / Math.sqrt(changes);
  flips.forEach((count, k) => {
    assert(Math.abs(count / changes - 0.5) < bound, `bit ${k}: ${count} of ${changes}`);
  });
});
