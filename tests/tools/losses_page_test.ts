import { assert, assertEquals, assertThrows } from "@std/assert";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { lossesPage } from "../../tools/losses_page.ts";

const BLOCKS = [
  "What it does.",
  "Requirements: some.",
  "Inputs:",
  "| Texts | Labels |\n| --- | --- |\n| text | none |\n| anchor, positive, negative 1, ..., negative n | none |",
  "A note.",
  "Recommendations: little.",
  "Relations: others.",
  "```ts ignore\nmake();\n```",
  "Source: a paper.",
];

function page(blocks: readonly string[]): string {
  return lossesPage(["ALoss"], new Map([["ALoss", { blocks, source: "" }]]));
}

Deno.test("lossesPage() has a row for columns and labels, and a section for the loss", () => {
  const text = page(BLOCKS);
  assertEquals(text.split("\n").filter((line) => line.startsWith("| ")).slice(2, 5), [
    "| one text | none | `ALoss` |",
    "| anchor, positive, negative_1, ..., negative_n | none | `ALoss` |",
    "| Texts | Labels |",
  ]);
  assertEquals(
    text.slice(text.indexOf("## ")),
    `## ALoss

What it does.

**Requirements:** some.

**Inputs:**

${BLOCKS[3]}

A note.

**Recommendations:** little.

**Relations:** others.

\`\`\`ts
make();
\`\`\`

**Source:** a paper.
`,
  );
});

Deno.test("lossesPage() names loss and part where a comment lacks one", () => {
  const lacking: readonly (readonly [index: number, part: string])[] = [
    [0, "a paragraph that says what it optimises"],
    [1, '"Requirements:"'],
    [3, "a table of columns and labels"],
    [5, '"Recommendations:"'],
    [6, '"Relations:"'],
    [7, "an example"],
    [8, '"Source:"'],
  ];
  for (const [index, part] of lacking) {
    assertEquals(
      assertThrows(() => page(BLOCKS.toSpliced(index, 1)), Error).message,
      `Cannot document ALoss: the comment of its class lacks ${part}`,
    );
  }
  assertThrows(() => page(BLOCKS.toSpliced(2, 3)), Error, 'lacks "Inputs:"');
  assertEquals(assertThrows(() => page([]), Error).message.split("\n").length, 7);
});

Deno.test("lossesPage() gives losses of any number of negatives also for one", () => {
  const row = lossesPage().split("\n").find((line) =>
    line.startsWith("| anchor, positive, negative | not looked at |")
  )!;
  for (const name of ["CachedMultipleNegativesRankingLoss", "GISTEmbedLoss", "TripletLoss"]) {
    assertEquals(row.split(`\`${name}\``).length, 2, name);
  }
});

Deno.test("lossesPage() has a section for every loss", () => {
  const sections = lossesPage().match(/^## \w+$/gm) ?? [];
  assertEquals(sections, LOSS_NAMES.map((name) => `## ${name}`));
  assert(sections.length >= 28);
});
