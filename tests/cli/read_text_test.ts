import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readText } from "../../src/cli/read_text.ts";
import { InputError } from "../../src/errors.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("readText() reads UTF-8, with and without a byte order mark", async () => {
  await withFolder({ "a.txt": "Straße\r\n猫", "b.txt": "\ufeffx", "empty": "" }, async (folder) => {
    assertEquals(await readText(join(folder, "a.txt")), "Straße\r\n猫");
    assertEquals(await readText(join(folder, "b.txt")), "x");
    assertEquals(await readText(join(folder, "empty")), "");
  });
});

Deno.test("readText() says why a file cannot be read", async () => {
  await withFolder({ "latin1": Uint8Array.of(0x53, 0xdf) }, async (folder) => {
    const cases = [
      [join(folder, "missing"), "no such file"],
      [folder, "it is a directory, wanted a file"],
      [join(folder, "latin1"), "it is not valid UTF-8 text"],
    ];
    for (const [file, reason] of cases) {
      const error = await assertRejects(() => readText(file), InputError);
      assertEquals(error.message, `Cannot read ${file}: ${reason}`);
    }
  });
});
