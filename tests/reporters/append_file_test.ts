import { assertEquals, assertThrows } from "@std/assert";
import { OutputError } from "../../src/errors.ts";
import { appendFile } from "../../src/reporters/append_file.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("appendFile() makes file and directory, and adds to the end", async () => {
  await withFolder({}, async (folder) => {
    const path = `${folder}/a/b/c.txt`;
    appendFile(path, "ä\n");
    appendFile(path, new Uint8Array([98]));
    assertEquals(await Deno.readTextFile(path), "ä\nb");
    assertThrows(() => appendFile(`${path}/d`, ""), OutputError, `Cannot write ${path}/d: `);
  });
});
