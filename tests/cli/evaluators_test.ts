import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { evaluators } from "../../src/cli/evaluators.ts";
import { UsageError } from "../../src/errors.ts";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";
import { captureOutput } from "../support/capture_output.ts";

Deno.test("evaluators() names every evaluator in the overview, and has a section for each", async () => {
  const overview = await captureOutput(() => evaluators());
  assertEquals(EVALUATOR_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(overview)), []);
  let count = 0;
  for (const name of EVALUATOR_NAMES) {
    const section = await captureOutput(() => evaluators([name]));
    assertEquals(section.startsWith(`${name}\n\n`), true, name);
    count++;
  }
  assertEquals(count >= 12, true);
});

Deno.test("evaluators() says of one what it is", async () => {
  assertStringIncludes(
    await captureOutput(() => evaluators(["TripletEvaluator"])),
    "The share of triplets",
  );
});

Deno.test("evaluators() names the nearest to an evaluator that is unknown", () => {
  assertThrows(
    () => evaluators(["TripletEvaluators"]),
    UsageError,
    'the nearest is "TripletEvaluator"',
  );
});
