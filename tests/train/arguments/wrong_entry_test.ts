import { assertEquals } from "@std/assert";
import { z } from "zod";
import { laterFields } from "../../../src/train/arguments/fields/later.ts";
import { wantedBy } from "../../../src/train/arguments/wanted.ts";
import { wrongEntry } from "../../../src/train/arguments/wrong_entry.ts";

const prompts = laterFields.prompts.schema;
const rates = laterFields.learning_rate_mapping.schema;
const names = z.array(z.string()).nullable();

/** Where the wrong entry is, what it is, and what is wanted; null without one. */
function found(type: z.ZodType, value: unknown): unknown[] | null {
  const entry = wrongEntry(type, value, "x");
  return entry && [entry.place, entry.value, wantedBy(entry.schema)];
}

Deno.test("wrongEntry() finds the first entry that is wrong, however deep", () => {
  const cases: [z.ZodType, unknown, unknown[]][] = [
    [prompts, { a: 1 }, ["x.a", 1, "a text or an object"]],
    [prompts, { a: "q", b: ["q"], c: 1 }, ["x.b", ["q"], "a text or an object"]],
    [prompts, { a: "q", b: { c: 1 } }, ["x.b.c", 1, "a text"]],
    [prompts, { b: { c: { d: "q" } } }, ["x.b.c", { d: "q" }, "a text"]],
    [rates, { a: -1 }, ["x.a", -1, "a number of at least 0"]],
    [rates, { "bias$": null }, ['x["bias$"]', null, "a number of at least 0"]],
    [names, ["a", 1], ["x[1]", 1, "a text"]],
    [z.union([z.string(), names]), ["a", [1]], ["x[1]", [1], "a text"]],
  ];
  for (const [type, value, expected] of cases) assertEquals(found(type, value), expected);
});

Deno.test("wrongEntry() finds none where a value is accepted, or wrong as a whole", () => {
  for (const value of [null, "q: ", { a: "q" }, {}, 1, ["q"]]) {
    assertEquals(found(prompts, value), null);
  }
  for (const value of [{ a: 1 }, null]) assertEquals(found(rates, value), null);
});
