import { assertEquals, assertThrows } from "@std/assert";
import { shellLines } from "./shell_lines.ts";
import { isMarked, snippetsOf } from "./snippets.ts";

Deno.test("shellLines() reads quotes, long lines, comments and a pipe", () => {
  const text = [
    "# a comment",
    "./dev train --loss 'A:{\"b\": [1, 2]}' \\",
    '  --output-dir "my out"  # here',
    "",
    'echo "a text" | deno run -A cli.ts encode',
  ].join("\n");
  assertEquals(shellLines(text), [
    {
      words: ["./dev", "train", "--loss", 'A:{"b": [1, 2]}', "--output-dir", "my out"],
      input: null,
    },
    { words: ["deno", "run", "-A", "cli.ts", "encode"], input: "a text\n" },
  ]);
  assertThrows(() => shellLines("cat a | b"), SyntaxError, "only echo is piped");
});

Deno.test("snippetsOf() finds the first line of a recipe and every block with its line", () => {
  const page =
    "`deno run x`\n\n```sh\na\n```\n\n```ts ignore\nb\n```\n\n- c\n\n  ```json data\n  {}\n  ```\n";
  const found = snippetsOf("examples/x.md", page);
  assertEquals(found.map(({ line, language, info, text }) => [line, language, info, text.trim()]), [
    [1, "sh", "", "deno run x"],
    [3, "sh", "", "a"],
    [7, "ts", "ignore", "b"],
    [13, "json", "data", "{}"],
  ]);
  assertEquals(found.map(isMarked), [false, false, true, false]);
  const marked = (info: string) => isMarked({ ...found[0], info });
  assertEquals([marked("no-run: needs a hub"), marked("no-run"), marked("no-run:")], [
    true,
    false,
    false,
  ]);
});
