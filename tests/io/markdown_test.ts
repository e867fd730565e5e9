import { assertEquals } from "@std/assert";
import { codeBlock, codeCell, frontMatter, markdownTable } from "../../src/io/markdown.ts";

Deno.test("markdownTable() draws a header, a rule and the rows", () => {
  assertEquals(
    markdownTable(["a", "b"], [["1", "2"], ["3", "4"]]),
    "| a | b |\n| :--- | :--- |\n| 1 | 2 |\n| 3 | 4 |",
  );
});

Deno.test("codeCell() keeps a text from breaking out of its cell", () => {
  assertEquals(
    codeCell("a | <b> & `c`\n\r\n d"),
    "<code>a &#124; &lt;b&gt; &amp; `c` d</code>",
  );
});

Deno.test("codeCell() cuts after 500 characters, not inside of one", () => {
  assertEquals(codeCell("😀".repeat(500)), `<code>${"😀".repeat(500)}</code>`);
  assertEquals(codeCell("😀".repeat(501)), `<code>${"😀".repeat(500)}…</code>`);
});

Deno.test("codeBlock() takes a fence longer than any inside", () => {
  assertEquals(codeBlock("sh", "ls\n"), "```sh\nls\n```");
  assertEquals(codeBlock("", "````\n``"), "`````\n````\n``\n`````");
});

Deno.test("frontMatter() writes nested lists and objects, and leaves out what is empty", () => {
  const value = {
    language: ["en", "no"],
    license: null,
    missing: undefined,
    none: [],
    library_name: "sentence-transformers",
    "model-index": [{ name: "a: b", results: [{ value: 0.5, task: { type: "x" } }] }],
  };
  const lines = [
    "---",
    "language:",
    "- en",
    '- "no"',
    "library_name: sentence-transformers",
    "model-index:",
    '- name: "a: b"',
    "  results:",
    "  - value: 0.5",
    "    task:",
    "      type: x",
    "---",
  ];
  assertEquals(frontMatter(value), lines.join("\n"));
});

Deno.test("frontMatter() quotes every text that YAML could take for something else", () => {
  const plain = ["apache-2.0", "loss:CosineSimilarityLoss", "Semantic Similarity", "a/b"];
  const quoted = [
    "",
    "true",
    "No",
    "null",
    "1.5",
    "~",
    "- a",
    "a: b",
    "a:",
    "a #b",
    "[a]",
    "{a}",
    "*a",
    '"a"',
    " a",
    "a ",
    "a\nb",
    "@a",
    "Ünï",
  ];
  for (const text of plain) assertEquals(frontMatter({ k: text }), `---\nk: ${text}\n---`);
  for (const text of quoted) {
    assertEquals(frontMatter({ k: text }), `---\nk: ${JSON.stringify(text)}\n---`);
  }
});

Deno.test("frontMatter() spells numbers so that every YAML reader takes them for numbers", () => {
  const numbers = { a: 1e-7, b: -2e21, c: 1.5e-7, d: 3, e: true };
  const lines = ["a: 1.0e-7", "b: -2.0e+21", "c: 1.5e-7", "d: 3", "e: true"];
  assertEquals(frontMatter(numbers), `---\n${lines.join("\n")}\n---`);
});
