import { assertEquals } from "@std/assert";
import * as whole from "../../mod.ts";
import * as face from "../../src/host/mod.ts";

Deno.test("the face of host is part of the whole", () => {
  const names = Object.keys(face);
  assertEquals(names.length >= 4, true, `${names.length} names`);
  for (const name of names) {
    assertEquals((whole as Record<string, unknown>)[name], (face as Record<string, unknown>)[name]);
  }
});
