import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readKept, writeKept } from "../../src/data/kept_file.ts";
import { withFolder } from "../support/with_folder.ts";

const CONTENT = Uint8Array.from({ length: 21 }, (_, i) => 7 * i);

Deno.test("readKept() gives what writeKept() kept, aligned, under its key alone", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "deep", "kept");
    assertEquals(await readKept(path, "key"), null);
    await writeKept(path, "key", CONTENT);
    const found = await readKept(path, "key");
    assertEquals([found, found!.byteOffset % 8], [CONTENT, 0]);
    assertEquals(await readKept(path, "other"), null);
    await writeKept(path, "other", new Uint8Array());
    assertEquals(await readKept(path, "other"), new Uint8Array());
    assertEquals([...Deno.readDirSync(join(folder, "deep"))].map(({ name }) => name), ["kept"]);
  });
});

Deno.test("readKept() passes over a file with any bit changed, or cut anywhere", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "kept");
    await writeKept(path, "key", CONTENT);
    const bytes = await Deno.readFile(path);
    assertEquals(bytes.length, 16 + 8 + 24);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << at % 8;
      for (const damaged of [flipped, bytes.slice(0, at)]) {
        await Deno.writeFile(path, damaged);
        assertEquals(await readKept(path, "key"), null, `at byte ${at}`);
      }
    }
  });
});

Deno.test("writeKept() says nothing where it cannot write, and leaves nothing", async () => {
  await withFolder({ "file": "x" }, async (folder) => {
    await writeKept(join(folder, "file", "kept"), "key", CONTENT);
    await Deno.mkdir(join(folder, "taken", "by", "folders"), { recursive: true });
    await writeKept(join(folder, "taken"), "key", CONTENT);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["file", "taken"]);
  });
});
