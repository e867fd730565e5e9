import { assertEquals } from "@std/assert";
import {
  basename,
  dirname,
  extname,
  fromFileUrl,
  isAbsolute,
  join,
  normalize,
  relative,
  resolve,
  SEPARATOR,
  toFileUrl,
} from "@std/path";

Deno.test("path functions take paths apart and put them together", () => {
  assertEquals(join("a", "..", "b", "c.ts"), `b${SEPARATOR}c.ts`);
  assertEquals(dirname("a/b/c.ts"), "a/b");
  assertEquals(basename("a/b/c.ts"), "c.ts");
  assertEquals(basename("a/b/c.ts", ".ts"), "c");
  assertEquals(extname("a/b/c.test.ts"), ".ts");
  assertEquals(normalize("a/./b/../c"), join("a", "c"));
  assertEquals(relative("a/b", "a/c/d"), join("..", "c", "d"));
  assertEquals(isAbsolute(resolve("a")), true);
  assertEquals(isAbsolute("a"), false);
});

Deno.test("fromFileUrl and toFileUrl are inverse, also for blanks", () => {
  const path = fromFileUrl(new URL("./a b.ts", import.meta.url));
  assertEquals(basename(path), "a b.ts");
  assertEquals(fromFileUrl(toFileUrl(path)), path);
  assertEquals(fromFileUrl(import.meta.url), import.meta.filename);
});
