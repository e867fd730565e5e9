import { assertEquals } from "@std/assert";
import { isRevision, parseModelId } from "../../src/hub/model_id.ts";

Deno.test("parseModelId() reads names, with and without organization and revision", () => {
  const cases: [string, string, string][] = [
    ["sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "main"],
    ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "main"],
    ["bert-base-uncased", "bert-base-uncased", "main"],
    ["BAAI/bge-m3@v1.0", "BAAI/bge-m3", "v1.0"],
    ["org/name@refs/pr/1", "org/name", "refs/pr/1"],
    [`name_1.x@${"a".repeat(40)}`, "sentence-transformers/name_1.x", "a".repeat(40)],
    ["_org/x", "_org/x", "main"],
    ["a/b", "a/b", "main"],
  ];
  for (const [text, name, revision] of cases) {
    assertEquals(parseModelId(text), { name, revision }, text);
  }
});

Deno.test("parseModelId() takes no path for a name", () => {
  const paths = [
    ...["", ".", "..", "/", "/org/name", "./name", "../name", "out/final/", "a/b/c", "a//b"],
    ...["C:\\model", "a\\b", "~/model", "org/na me", "org/name.git", "org/--name", "org/a--b"],
    ...["org/name-", "-org/name", "org/.name", "org/name@", "org/name@../x", "org/name@a/../b"],
    ...["org/name@/x", "org/name\n", "org/name\0", "@main", "é/name", `org/${"x".repeat(97)}`],
  ];
  assertEquals(paths.filter((path) => parseModelId(path) !== null), []);
});

Deno.test("isRevision() takes what can be a directory of the cache", () => {
  assertEquals(["main", "refs/pr/1", "v1.0", "0"].filter(isRevision).length, 4);
  const others = ["", "..", "a/../b", "/a", "a/", "a\\b", ".git", "a b", "x".repeat(257)];
  assertEquals(others.filter(isRevision), []);
});
