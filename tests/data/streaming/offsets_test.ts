import { assertEquals, assertThrows } from "@std/assert";
import { Offsets } from "../../../src/data/streaming/offsets.ts";

Deno.test("Offsets keeps large numbers over many chunks", () => {
  const offsets = new Offsets();
  const count = 3 * 8192 + 1;
  const value = (index: number) => 2 ** 52 + 3 * index;
  for (let i = 0; i < count; i++) offsets.push(value(i));
  assertEquals(offsets.length, count);
  for (const index of [0, 1, 8191, 8192, 16384, count - 1]) {
    assertEquals(offsets.at(index), value(index));
  }
});

Deno.test("Offsets refuses what is no index", () => {
  const offsets = new Offsets();
  assertThrows(() => offsets.at(0), RangeError, "Cannot read offset 0: there are 0");
  offsets.push(1);
  for (const index of [-1, 1, 0.5, NaN]) assertThrows(() => offsets.at(index), RangeError);
});
