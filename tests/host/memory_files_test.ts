import { assertEquals, assertRejects } from "@std/assert";
import { MemoryFiles } from "../../src/host/memory_files.ts";
import { FILE_SYSTEM_CASES } from "../support/file_system_cases.ts";

for (const [what, run] of Object.entries(FILE_SYSTEM_CASES)) {
  Deno.test(`MemoryFiles: ${what}`, async () => {
    const files = new MemoryFiles();
    await files.mkdir("/folder");
    await run(files, "/folder");
  });
}

Deno.test("MemoryFiles holds what it was made with, and gives it", async () => {
  const files = new MemoryFiles({ "/a/b": "text", "/a/c/d": Uint8Array.of(1, 2), "/e": "other" });
  assertEquals([...files.contents("/a").keys()].sort(), ["b", "c/d"]);
  assertEquals(files.contents("/a").get("c/d"), Uint8Array.of(1, 2));
  assertEquals(files.contents("/").size, 3);
  assertEquals(await files.freeSpace("/"), null);
});

Deno.test("MemoryFiles takes relative paths, dots and both slashes", async () => {
  const files = new MemoryFiles({ "a/b": "text" });
  for (const path of ["/a/b", "a\\b", "./a//b", "a/x/../b", "../a/b"]) {
    assertEquals([files.statSync(path).size, await files.realPath(path)], [4, "/a/b"], path);
  }
  assertEquals(files.absolute("x/./y"), "/x/y");
});

Deno.test("MemoryFiles has no symbolic links, and keeps its root", async () => {
  const files = new MemoryFiles({ "/a": "" });
  await assertRejects(() => files.symlink("a", "/b"), Error);
  await assertRejects(() => files.remove("/", { recursive: true }), Error);
  assertEquals(files.contents("/").size, 1);
});
