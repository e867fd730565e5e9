import { assertEquals, assertRejects } from "@std/assert";
import { isNotFound } from "../../src/host/file_errors.ts";
import { readText, readTextSync } from "../../src/host/read_text.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("readText() and readTextSync() read as Deno does", async () => {
  const contents = { plain: "grün", marked: "\ufeffx", broken: Uint8Array.of(0x61, 0xff, 0x62) };
  await withFolder(contents, async (folder) => {
    for (const name of Object.keys(contents)) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      assertEquals(await readText(`${folder}/${name}`), text, name);
      assertEquals(readTextSync(`${folder}/${name}`), text, name);
    }
    assertEquals(isNotFound(await assertRejects(() => readText(`${folder}/gone`))), true);
  });
});
