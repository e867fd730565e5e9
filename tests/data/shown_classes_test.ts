import { assertEquals } from "@std/assert";
import { shownClasses } from "../../src/data/shown_classes.ts";

Deno.test("shownClasses() shows what numbers mean, and not all of many", () => {
  assertEquals(shownClasses(["no", "yes"]), "0 no, 1 yes");
  const many = Array.from({ length: 77 }, (_, i) => `c${i}`);
  assertEquals(shownClasses(many.slice(0, 8)).split(", ").length, 8);
  assertEquals(shownClasses(many), "0 c0, 1 c1, 2 c2, 3 c3, 4 c4, 5 c5, 6 c6, 7 c7 and 69 more");
});
