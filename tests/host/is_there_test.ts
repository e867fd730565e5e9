import { assertEquals } from "@std/assert";
import { isFolder, isThere } from "../../src/host/is_there.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("isThere() tells of files and folders", async () => {
  await withFolder({ "a/b": "" }, async (folder) => {
    const found = ["a", "a/b", "c", "a/b/c"].map((path) => isThere(`${folder}/${path}`));
    assertEquals(await Promise.all(found), [true, true, false, false]);
  });
});

Deno.test("isFolder() tells of folders alone", async () => {
  await withFolder({ "a/b": "" }, async (folder) => {
    const found = ["a", "a/b", "c", "a/b/c"].map((path) => isFolder(`${folder}/${path}`));
    assertEquals(await Promise.all(found), [true, false, false, false]);
  });
});
