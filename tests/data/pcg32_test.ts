import { assertEquals, assertNotEquals } from "@std/assert";
import { Pcg32 } from "../../src/data/pcg32.ts";

function draw(generator: Pcg32, count: number): number[] {
  return Array.from({ length: count }, () => generator.uint32());
}

Deno.test("pcg32: state 42, stream 54 gives the numbers of the paper's demonstration", () => {
  assertEquals(draw(new Pcg32(0, 42, 0, 54), 6), [
    0xa15c02b7,
    0x7b47f409,
    0xba1d3330,
    0x83d2f293,
    0xbfa4784b,
    0xcbed606e,
  ]);
});

Deno.test("pcg32: agrees with 64-bit integer arithmetic", () => {
  const mask = (1n << 64n) - 1n;
  const [state, stream] = [0xfedcba9876543210n, 0x7123456789abcdefn];
  const increment = (stream << 1n | 1n) & mask;
  const step = (value: bigint) => (value * 6364136223846793005n + increment) & mask;
  let current = step(step(0n) + state);
  const expected = Array.from({ length: 1000 }, () => {
    const word = ((current >> 18n ^ current) >> 27n) & 0xffffffffn;
    const rotation = current >> 59n;
    current = step(current);
    return Number((word >> rotation | word << (32n - rotation)) & 0xffffffffn);
  });
  assertEquals(draw(new Pcg32(0xfedcba98, 0x76543210, 0x71234567, 0x89abcdef), 1000), expected);
});

Deno.test("pcg32: other states and other streams give other numbers", () => {
  const base = draw(new Pcg32(1, 2, 3, 4), 4);
  for (const [a, b, c, d] of [[0, 2, 3, 4], [1, 0, 3, 4], [1, 2, 0, 4], [1, 2, 3, 0]]) {
    assertNotEquals(draw(new Pcg32(a, b, c, d), 4), base);
  }
});
