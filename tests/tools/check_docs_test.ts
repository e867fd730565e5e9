import { assert, assertEquals } from "@std/assert";
import { join, relative } from "@std/path";
import {
  findForeignNames,
  findUndescribedModules,
  lintDocs,
  parseDocLint,
} from "../../tools/check_docs.ts";
import { ROOT } from "../../tools/repository.ts";

Deno.test("findUndescribedModules wants a first comment that ends in @module", () => {
  const problems = findUndescribedModules(
    new Map([
      ["src/a.ts", "/**\n * Room.\n *\n * @module\n */\nexport {};\n"],
      ["cli.ts", "#!/usr/bin/env -S deno run\n/** Flags. @module */\n"],
      ["src/b.ts", "/** A symbol. */\nexport const b = 1;\n/** Late. @module */\n"],
      ["src/c.ts", "export {};\n"],
      ["tests/d_test.ts", "export {};\n"],
    ]),
  );
  assertEquals(problems, [
    "Cannot accept src/b.ts: its first comment must end in @module",
    "Cannot accept src/c.ts: its first comment must end in @module",
  ]);
});

// Put together here, so that this file does not name them itself.
const foreign = [
  `"${"/"}root/data"`,
  `see ${"/"}work/main`,
  `"${"/"}tmp/x"`,
  `https:${"//"}somewhere.net/x`,
  `http:${"//"}localhost.somewhere.net:80/`,
  ["registry", "npmjs", "org"].join("."),
  ["jsr", "io"].join("."),
  ["deb", "debian", "org"].join("."),
];
const harmless = [
  "network/root and home/work",
  "a/tmp/b",
  '"/tmp"',
  "/workspace/x",
  "https://arxiv.org/abs/1908.10084",
  "http://localhost:4318/v1",
  "http://127.0.0.1:8000",
  "jsr:@std/path",
];

Deno.test("findForeignNames finds folders of a machine and hosts, with their line", () => {
  for (const text of foreign) {
    const problems = findForeignNames(new Map([["a.md", `one\ntwo ${text}\n`]]));
    assertEquals(problems.length, 1, text);
    assert(problems[0].startsWith("Cannot accept a.md:2: found "), problems[0]);
  }
  assertEquals(foreign.length, 8);
});

Deno.test("findForeignNames leaves cited hosts and other paths alone", () => {
  for (const text of harmless) {
    assertEquals(findForeignNames(new Map([["a.md", `one\ntwo ${text}\n`]])), []);
  }
  assertEquals(harmless.length, 8);
});

Deno.test("parseDocLint takes kind, message and place out of the output", () => {
  const output = `error[missing-jsdoc]: exported symbol is missing JSDoc documentation
  --> /r/src/a.ts:11:21
   |
11 |   name = "a";
   |   ^

error[private-type-ref]: public type 'A' references private type 'B'
  --> /r/src/b.ts:1:1
`;
  assertEquals(parseDocLint(output, "/r/"), [
    "src/a.ts:11:21: exported symbol is missing JSDoc documentation (missing-jsdoc)",
    "src/b.ts:1:1: public type 'A' references private type 'B' (private-type-ref)",
  ]);
});

Deno.test("lintDocs complains about an exported symbol without a comment, and only then", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "mod.ts");
    await Deno.writeTextFile(path, "/** One. */\nexport const one: number = 1;\n");
    assertEquals(await lintDocs([relative(ROOT, path)]), []);
    await Deno.writeTextFile(path, "export const one: number = 1;\n");
    const problems = await lintDocs([relative(ROOT, path)]);
    assertEquals(problems.length, 1);
    assert(problems[0].includes("missing JSDoc"), problems[0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
