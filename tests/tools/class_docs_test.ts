import { assert, assertEquals } from "@std/assert";
import { classComments, functionComment, readClassDocs } from "../../tools/class_docs.ts";

const SOURCE = `/**
 * A module.
 *
 * @module
 */

/** Not a class. */
export interface Other {
  a: 1;
}

/**
 * First, see {@linkcode Other}
 * and {@link Second}.
 *
 * \`\`\`ts
 * one();
 *
 * two();
 * \`\`\`
 *
 * Last.
 */
export class First {
  /**
   * A member.
   */
  a = 1;
}

export class Second {}

/**
 * Makes.
 */
export function make(): void {}
`;

Deno.test("classComments() gives blocks by class, with links as names and code in one block", () => {
  assertEquals([...classComments(SOURCE)], [
    ["First", [
      "First, see `Other`\nand `Second`.",
      "```ts\none();\n\ntwo();\n```",
      "Last.",
    ]],
  ]);
});

Deno.test("functionComment() gives the blocks of a function, and none where there is none", () => {
  assertEquals(functionComment(SOURCE, "make"), ["Makes."]);
  assertEquals(functionComment(SOURCE, "unmake"), []);
});

Deno.test("readClassDocs() finds the classes of a folder with their modules", () => {
  const { blocks, source } = readClassDocs("src/losses").get("CoSENTLoss")!;
  assert(blocks.length >= 7);
  assert(source.includes("export class CoSENTLoss"));
});
