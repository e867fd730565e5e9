import { assertEquals } from "@std/assert";
import { constant } from "../../src/schedules/constant.ts";

Deno.test("constant() is 1 at every step", () => {
  assertEquals([0, 1, 1000].map(constant()), [1, 1, 1]);
});
