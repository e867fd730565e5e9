import { assertEquals } from "@std/assert";
import { kernelTimes } from "../../src/gpu/kernel_times.ts";

Deno.test("kernelTimes() counts and sums by label, longest first", () => {
  assertEquals(
    kernelTimes([
      { label: "a", start: 0, end: 1 },
      { label: "b", start: 1, end: 9 },
      { label: "a", start: 9, end: 11 },
    ]),
    [
      { label: "b", count: 1, milliseconds: 8 },
      { label: "a", count: 2, milliseconds: 3 },
    ],
  );
  assertEquals(kernelTimes([]), []);
});
