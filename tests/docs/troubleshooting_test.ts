import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readRepository, ROOT } from "../../tools/repository.ts";

const PAGE = await Deno.readTextFile(join(ROOT, "docs/troubleshooting.md"));

/** The messages that the page has headings for. */
const MESSAGES = [...PAGE.matchAll(/^### `([^\n]+)`$/gm)].map(([, message]) => message);

/** A source as it reads where texts are not broken over lines, and quotes not escaped. */
function flattened(source: string): string {
  return source.replaceAll(/(["'`]) \+\s*["'`]/g, "").replaceAll(/\\(?=[`"'])/g, "");
}

/** The parts of a message that do not differ, as a pattern. */
function pattern(message: string): RegExp {
  const parts = message.split("...").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(parts.join("[^;]*?"));
}

Deno.test("troubleshooting.md quotes 42 messages, and each is still in a source", async () => {
  const sources = [...await readRepository()]
    .filter(([path]) => path.startsWith("src/"))
    .map(([, text]) => flattened(text));
  const lost = MESSAGES.filter((message) => {
    const wanted = pattern(message);
    return !sources.some((source) => wanted.test(source));
  });
  assertEquals(lost, []);
  assertEquals(new Set(MESSAGES).size, 42);
});

Deno.test("troubleshooting.md: a message that changed would be found", () => {
  const source = 'throw new Error(`Cannot read ${file}: it is "${word}", ` +\n  "wanted none");';
  assert(pattern('Cannot read ...: it is "...", wanted none').test(flattened(source)));
  assert(!pattern('Cannot read ...: it is "...", wanted one').test(flattened(source)));
});
