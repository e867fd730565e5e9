import { assertEquals } from "@std/assert";
import { listed, suggested } from "../../src/schedules/wording.ts";

Deno.test("listed() puts names in quotes, with commas between", () => {
  assertEquals(listed(["min", "max"]), '"min", "max"');
  assertEquals(listed([]), "");
});

Deno.test("suggested() names the nearest name, where one is near", () => {
  assertEquals(suggested("mni", ["min", "max"]), '; the nearest is "min"');
  assertEquals(suggested("lowest", ["min", "max"]), "");
});
