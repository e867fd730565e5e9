import { assertEquals, assertThrows } from "@std/assert";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";
import { type EvaluatorSources, evaluatorsPage } from "../../tools/evaluators_page.ts";

const NAMES = `/**
 * Creates.
 *
 * - \`AEvaluator\` (\`a\`) takes rows
 *   of two; all of them
 * - \`BEvaluator\` (\`b\`) takes nothing.
 */
export function createEvaluator(): void {}
`;
const BLOCKS = ["Counts\nrows.", "Keys: `n`; primary: `n`, or `max_n`. More.", "Source: own."];
const FILE = 'this.csvFile = csvFileName("a_evaluation", name);';

function page(
  { blocks = BLOCKS, source = FILE, names = NAMES }: {
    blocks?: readonly string[];
    source?: string;
    names?: string;
  },
): string {
  const docs: EvaluatorSources["docs"] = new Map([["AEvaluator", { blocks, source }]]);
  return evaluatorsPage(["AEvaluator"], { docs, names });
}

Deno.test("evaluatorsPage() has a row and a section for an evaluator", () => {
  const text = page({});
  assertEquals(
    text.split("\n").findLast((line) => line.startsWith("| ")),
    "| `AEvaluator` | `a` | Counts rows. | `n`, or `max_n` |",
  );
  assertEquals(
    text.slice(text.indexOf("## ")),
    `## AEvaluator

Counts
rows.

Keys: \`n\`; primary: \`n\`, or \`max_n\`. More.

**Takes** rows of two; all of them.

**Short name:** \`a\`; its CSV files begin with \`a_evaluation\`.

Source: own.
`,
  );
});

Deno.test("evaluatorsPage() names evaluator and part where something is missing", () => {
  const refuse = (parts: Parameters<typeof page>[0], message: string) =>
    assertEquals(
      assertThrows(() => page(parts), Error).message,
      `Cannot document AEvaluator: found no ${message}`,
    );
  refuse(
    { blocks: ["Counts."] },
    'its primary metric, as "primary: `key`" in the comment',
  );
  refuse({ source: "" }, "the name of its CSV file in the constructor");
  refuse({ names: "" }, "a line in the comment of createEvaluator");
});

Deno.test("evaluatorsPage() has a section for every evaluator", () => {
  const sections = evaluatorsPage().match(/^## \w+$/gm) ?? [];
  assertEquals(sections, EVALUATOR_NAMES.map((name) => `## ${name}`));
  assertEquals(sections.length >= 12, true);
});
