import { assertEquals, assertThrows } from "@std/assert";
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

Deno.test("path functions keep to their rules for odd paths", () => {
  assertEquals(["a//b", "/a", "a", "", "//"].map(dirname), ["a", "/", ".", ".", "/"]);
  assertEquals(["a//", "/", "", ".a"].map((path) => basename(path)), ["a", "/", "", ".a"]);
  assertEquals([basename("a.ts", "a.ts"), basename(".ts", ".ts")], ["a.ts", ".ts"]);
  assertEquals([".a", "a.", "a", "a.b/c", ".."].map(extname), ["", ".", "", "", ""]);
  assertEquals([join(""), join("", "a"), normalize("")], [".", "a", "."]);
  assertEquals(relative("a", "a"), "");
  const url = toFileUrl(resolve("a", "b c.ts"));
  assertEquals([basename(url), extname(url)], ["b c.ts", ".ts"]);
  assertEquals(dirname(url), dirname(fromFileUrl(url)));
  assertEquals([normalize(url), join(url)], [fromFileUrl(url), fromFileUrl(url)]);
});

Deno.test("toFileUrl takes absolute paths alone, and fromFileUrl only file URLs", () => {
  assertThrows(() => toFileUrl("a"), TypeError, "absolute");
  assertThrows(() => fromFileUrl("data:,a"), TypeError);
  const odd = resolve("100%", "a#b?c", "é\n~");
  assertEquals(fromFileUrl(toFileUrl(odd)), odd);
});
