import { assertEquals } from "@std/assert";
import { extremes } from "./extremes.ts";

Deno.test("extremes looks at magnitudes and counts what is not finite", () => {
  assertEquals(extremes([-3, NaN, 0.5, Infinity, -Infinity, 2]), {
    smallest: 0.5,
    largest: 3,
    notFinite: 3,
  });
  assertEquals(extremes([-0, 1]), { smallest: 0, largest: 1, notFinite: 0 });
  assertEquals(extremes([NaN]), { smallest: Infinity, largest: 0, notFinite: 1 });
  assertEquals(extremes([]), { smallest: Infinity, largest: 0, notFinite: 0 });
});
