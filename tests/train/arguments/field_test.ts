import { assertEquals, assertStrictEquals } from "@std/assert";
import { z } from "zod";
import { effect, type Field, field, notBuilt } from "../../../src/train/arguments/field.ts";

Deno.test("field() returns the record that it is given", () => {
  const record: Field<number> = { schema: z.int(), default: 1, doc: "A count.", support: effect };
  assertStrictEquals(field(record), record);
});

Deno.test("effect and notBuilt say what becomes of a value", () => {
  assertEquals(effect, { kind: "effect" });
  assertEquals(`Mixing is ${notBuilt}`, "Mixing is not built yet in this version");
});
