import { assertEquals } from "@std/assert";
import { formatMegabytes } from "../../src/reporters/format_megabytes.ts";

Deno.test("formatMegabytes() has a decimal below 100", () => {
  assertEquals([0, 40_000, 17_460_000, 437_951_320].map(formatMegabytes), [
    "0.0",
    "0.0",
    "17.5",
    "438",
  ]);
});
