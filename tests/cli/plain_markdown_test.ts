import { assertEquals } from "@std/assert";
import { plainMarkdown } from "../../src/cli/plain_markdown.ts";

Deno.test("plainMarkdown() takes markup off headings, paragraphs and lists, and wraps them", () => {
  const text =
    "## A `head`\n\n<!-- not shown -->\n\n**Bold:** one two\nthree\n\n- first\n  item\n- second\n";
  assertEquals(
    plainMarkdown(text, 13),
    "A head\n\nBold: one two\nthree\n\n- first item\n- second",
  );
  assertEquals(plainMarkdown("a longer_than_six b", 6), "a\nlonger_than_six\nb");
});

Deno.test("plainMarkdown() keeps code as it is, blank lines and asterisks too", () => {
  assertEquals(
    plainMarkdown("before\n\n```ts\nx = 2 ** 3;\n\ny = `a`;\n```\n\nafter", 8),
    "before\n\n  x = 2 ** 3;\n\n  y = `a`;\n\nafter",
  );
});

Deno.test("plainMarkdown() draws a table in columns, or as records where it is too wide", () => {
  const table = "| a | long |\n| :--- | --- |\n| `x` | one two |\n| yy | three |";
  assertEquals(plainMarkdown(table, 13), "  a   long\n  x   one two\n  yy  three");
  assertEquals(
    plainMarkdown(table, 12),
    "a     x\nlong  one\n      two\n\na     yy\nlong  three",
  );
});
