import { assertEquals } from "@std/assert";
import * as evaluators from "../../src/evaluators/mod.ts";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";

Deno.test("the face of the evaluators has a class for every name", () => {
  const classes = EVALUATOR_NAMES.map((name) => evaluators[name as keyof typeof evaluators]);
  assertEquals(classes.map((made) => (made as { name: string }).name), [...EVALUATOR_NAMES]);
  assertEquals(classes.length, 12);
});
