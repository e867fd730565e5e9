import { assertEquals, assertMatch } from "@std/assert";
import { laterFields } from "../../../../src/train/arguments/fields/later.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("laterFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(laterFields), { prompts: null, learning_rate_mapping: {} });
});

Deno.test("laterFields take what is in range", () => {
  assertRange(
    laterFields.prompts,
    ["query: ", { query: "q: " }, { trivia: { query: "q: ", answer: "" } }, {}, null],
    [1, ["q: "], { query: 1 }, { trivia: { query: { deep: "q: " } } }],
  );
  assertRange(laterFields.learning_rate_mapping, [{}, { "bias$": 1e-3 }], [
    null,
    { "bias$": -1 },
    { "bias$": "1e-3" },
  ]);
});

Deno.test("laterFields are honoured", () => {
  assertEquals(namesOf(laterFields, "effect"), ["prompts", "learning_rate_mapping"]);
});

Deno.test("laterFields want the keys of learning_rate_mapping to be regular expressions", () => {
  const check = (value: Record<string, number>) => laterFields.learning_rate_mapping.check!(value);
  assertEquals([check({}), check({ "^encoder\\.(0|1)\\.": 1 })], [null, null]);
  assertMatch(
    check({ "ok": 1, "(": 1 })!,
    /^"\(" is no regular expression \(.+\); wanted patterns/,
  );
});
