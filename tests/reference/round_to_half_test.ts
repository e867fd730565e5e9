import { assertEquals } from "@std/assert";
import { roundToHalf } from "./round_to_half.ts";

// From the tables of "Half-precision floating-point format" and "bfloat16 floating-point format".
const KNOWN: readonly (readonly ["f16" | "bf16", number, number])[] = [
  ["f16", 1 / 3, 0.333251953125],
  ["f16", 0.1, 0.0999755859375],
  ["f16", Math.PI, 3.140625],
  ["f16", 1 + 2 ** -11, 1],
  ["f16", 1 + 3 * 2 ** -11, 1 + 2 ** -9],
  ["f16", 2049, 2048],
  ["f16", 2051, 2052],
  ["f16", 65519.999, 65504],
  ["f16", 65520, Infinity],
  ["f16", -1e300, -Infinity],
  ["f16", 2 ** -14 - 2 ** -26, 2 ** -14],
  ["f16", 6.1e-5, 6.097555160522461e-5],
  ["f16", 2 ** -24, 2 ** -24],
  ["f16", 1.5 * 2 ** -24, 2 ** -23],
  ["f16", 2 ** -25, 0],
  ["f16", -(2 ** -25) * (1 + 2 ** -52), -(2 ** -24)],
  ["f16", -5e-324, -0],
  ["bf16", 1 / 3, 0.333984375],
  ["bf16", Math.PI, 3.140625],
  ["bf16", 1 + 2 ** -8, 1],
  ["bf16", 1 + 3 * 2 ** -8, 1 + 2 ** -6],
  ["bf16", 65520, 65536],
  ["bf16", 3.3895313892515355e38, 3.3895313892515355e38],
  ["bf16", 3.3961775292304601e38, Infinity],
  ["bf16", 2 ** -133, 2 ** -133],
  ["bf16", 2 ** -134, 0],
];

Deno.test("roundToHalf knows the tables, and leaves zeros, infinities and NaN", () => {
  for (const [format, value, expected] of KNOWN) {
    assertEquals([format, value, roundToHalf(value, format)], [format, value, expected]);
  }
  for (const value of [0, -0, Infinity, -Infinity, NaN]) {
    assertEquals(Object.is(roundToHalf(value, "f16"), value), true);
    assertEquals(Object.is(roundToHalf(value, "bf16"), value), true);
  }
});

/** Every number of a format from zero to infinity, by its bits. */
function halves(format: "f16" | "bf16"): Float32Array {
  if (format === "f16") {
    return new Float32Array(
      new Float16Array(Uint16Array.from({ length: 0x7c01 }, (_, i) => i).buffer),
    );
  }
  return new Float32Array(Uint32Array.from({ length: 0x7f81 }, (_, i) => i << 16).buffer);
}

Deno.test("roundToHalf is right at, below and above every middle between neighbours", () => {
  for (const [format, count] of [["f16", 0x7c00], ["bf16", 0x7f80]] as const) {
    const all = halves(format);
    assertEquals(all.length, count + 1);
    let wrong = 0;
    for (let i = 0; i < count; i++) {
      const low = all[i];
      // Beyond the largest number rounding goes on as if there were one more exponent.
      const high = i + 1 < count ? all[i + 1] : 2 * low - all[i - 1];
      const middle = (low + high) / 2;
      const [even, above] = [all[i % 2 === 0 ? i : i + 1], all[i + 1]];
      for (const sign of [1, -1]) {
        const is = (value: number, expected: number) =>
          Object.is(roundToHalf(sign * value, format), sign * expected);
        if (!is(low, low)) wrong++;
        if (!is(middle, even)) wrong++;
        if (!is(middle * (1 - 2 ** -52), low)) wrong++;
        if (!is(middle * (1 + 2 ** -52), above)) wrong++;
      }
    }
    assertEquals(wrong, 0, format);
  }
});
