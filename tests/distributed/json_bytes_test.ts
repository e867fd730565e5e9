import { assertEquals, assertThrows } from "@std/assert";
import { decodeJson, encodeJson } from "../../src/distributed/json_bytes.ts";

Deno.test("decodeJson gives back what encodeJson wrote", () => {
  for (const value of [null, 0, "ö", [1, { a: [] }]]) {
    assertEquals(decodeJson(encodeJson(value)), value);
  }
});

Deno.test("encodeJson refuses what JSON has no form for", () => {
  assertThrows(() => encodeJson(undefined), TypeError, "Cannot send undefined as JSON");
});
