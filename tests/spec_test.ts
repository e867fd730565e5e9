import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../src/errors.ts";
import { parseSpec } from "../src/spec.ts";

Deno.test("parseSpec: a name, and options after a colon", () => {
  assertEquals(parseSpec("evaluator", "triplet"), { name: "triplet", options: {} });
  assertEquals(parseSpec("evaluator", 'triplet:{"name": "a:b", "margin": 0.1}'), {
    name: "triplet",
    options: { name: "a:b", margin: 0.1 },
  });
});

Deno.test("parseSpec: refuses options that are no JSON object", () => {
  const message = 'Cannot read options of evaluator "triplet"';
  assertThrows(() => parseSpec("evaluator", "triplet:{name}"), UsageError, message);
  assertThrows(() => parseSpec("evaluator", "triplet:"), UsageError, message);
  assertThrows(() => parseSpec("evaluator", "triplet:[1]"), UsageError, "found [1], wanted");
  assertThrows(() => parseSpec("evaluator", "triplet:null"), UsageError, "found null, wanted");
});
