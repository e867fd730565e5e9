import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readRepository, ROOT } from "../../tools/repository.ts";

Deno.test("readRepository reads text below a folder and leaves out what is generated", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const path of ["src", ".ci", ".git", "node_modules", "output"]) {
      await Deno.mkdir(join(folder, path));
      await Deno.writeTextFile(join(folder, path, "file"), `in ${path}`);
    }
    await Deno.writeTextFile(join(folder, ".gitignore"), "output");
    await Deno.writeTextFile(join(folder, ".hidden"), "no");
    await Deno.writeFile(join(folder, "binary"), new Uint8Array([1, 0, 2]));
    assertEquals([...await readRepository(folder)], [
      [".ci/file", "in .ci"],
      [".gitignore", "output"],
      ["src/file", "in src"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readRepository starts at the root of the repository", async () => {
  assertEquals(await Deno.readTextFile(join(ROOT, "tools/repository.ts")).then(Boolean), true);
  const files = await readRepository();
  assert(files.has("deno.json") && files.has("tests/tools/repository_test.ts"));
});
