import { assert, assertEquals } from "@std/assert";
import { decodeHalves, encodeHalves, SCALE_HALVES } from "../../src/distributed/halves.ts";
import { rankValues } from "./rank_values.ts";

function roundTrip(values: Float32Array): Float32Array {
  const halves = new Uint16Array(SCALE_HALVES + values.length);
  encodeHalves(values, halves);
  const result = new Float32Array(values.length);
  decodeHalves(halves, result);
  return result;
}

Deno.test("encodeHalves is off by 2^-11 |x| + 2^-39 m + 2^-150 at most, from the least to the largest", () => {
  const unit = rankValues(500, 3);
  let scales = 0;
  for (const exponent of [-149, -140, -126, -113, -112, -30, 0, 14, 15, 16, 60, 97]) {
    const values = unit.map((x) => x * 2 ** exponent);
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const result = roundTrip(values);
    for (const [i, x] of values.entries()) {
      const bound = 2 ** -11 * Math.abs(x) + 2 ** -39 * largest + 2 ** -150;
      assert(Math.abs(result[i] - x) <= bound, `${result[i]} for ${x}, largest ${largest}`);
    }
    scales++;
  }
  assertEquals(scales, 12);
});

Deno.test("encodeHalves keeps zeros and powers of two; only the very largest f32 becomes infinite", () => {
  const exact = Float32Array.of(0, 1, -2, 2 ** -10, 1.5, 2 ** 14);
  assertEquals(roundTrip(exact), exact);
  const largest = 3.4028234663852886e38;
  const [near, negative] = roundTrip(Float32Array.of(largest, -largest / 2));
  assertEquals([near, negative], [Infinity, -(2 ** 127)]);
});

Deno.test("encodeHalves keeps infinities and NaN", () => {
  assertEquals(
    roundTrip(Float32Array.of(1, NaN, -Infinity, Infinity)),
    Float32Array.of(1, NaN, -Infinity, Infinity),
  );
  assertEquals(roundTrip(new Float32Array(0)), new Float32Array(0));
  assertEquals(roundTrip(new Float32Array(3)), new Float32Array(3));
});
