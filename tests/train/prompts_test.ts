import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { checkPrompts, promptOf, type Prompts } from "../../src/train/prompts.ts";
import { tinyPairs } from "../support/tiny_training.ts";

const A = tinyPairs(1, "a");
const B = tinyPairs(1, "b");

function all(prompts: Prompts): string[] {
  return [A, B].flatMap((dataset) =>
    ["anchor", "positive"].map((column) => promptOf(prompts, dataset, column))
  );
}

Deno.test("promptOf() finds a prompt in each of the forms", () => {
  assertEquals(all(null), ["", "", "", ""]);
  assertEquals(all("p: "), ["p: ", "p: ", "p: ", "p: "]);
  assertEquals(all({ anchor: "q: " }), ["q: ", "", "q: ", ""]);
  assertEquals(all({ b: "of b: " }), ["", "", "of b: ", "of b: "]);
  assertEquals(all({ a: { positive: "d: " }, b: { anchor: "q: " } }), ["", "d: ", "q: ", ""]);
  assertEquals(all({ a: "of a: ", anchor: "q: " }), ["of a: ", "of a: ", "q: ", ""]);
});

Deno.test("checkPrompts() takes what names datasets and columns, and refuses the rest", () => {
  const good: Prompts[] = [null, "p", { anchor: "q" }, { b: "p" }, { a: { anchor: "q" } }];
  for (const prompts of good) checkPrompts(prompts, [A, B]);
  const cases: [Prompts, string][] = [
    [
      { anchr: "q" },
      '"anchr" is no dataset or column; found "a", "b", "anchor", "positive"; the nearest is "anchor"',
    ],
    [{ c: { anchor: "q" } }, '"c" is no dataset; found "a", "b"'],
    [
      { a: { postive: "q" } },
      '"postive" is no column of "a"; found "anchor", "positive"; the nearest',
    ],
  ];
  for (const [prompts, message] of cases) {
    assertThrows(() => checkPrompts(prompts, [A, B]), UsageError, message);
  }
});
