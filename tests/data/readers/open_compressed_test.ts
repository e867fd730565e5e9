import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { openCompressed, uncompressedName } from "../../../src/data/readers/open_compressed.ts";
import { InputError, OutputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

const TEXT = new TextEncoder().encode("a line of text, é\n".repeat(20_000));
const FORMS: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ["gz", (bytes) => new Uint8Array(gzipSync(bytes))],
  ["zst", (bytes) => new Uint8Array(zstdCompressSync(bytes))],
];

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function content(path: string): Promise<Uint8Array> {
  const file = await openCompressed(path);
  const bytes = new Uint8Array(file.size);
  file.readInto(bytes, 0);
  assertEquals(file.path, path);
  file.close();
  return bytes;
}

Deno.test("openCompressed() gives what was compressed, in one part or several", async () => {
  for (const [extension, compress] of FORMS) {
    await withFolder({
      [`a.${extension}`]: compress(TEXT),
      [`b.${extension.toUpperCase()}`]: joined(compress(TEXT.slice(0, 100)), compress(TEXT)),
      [`c.${extension}`]: compress(new Uint8Array()),
    }, async (folder) => {
      assertEquals(await content(join(folder, `a.${extension}`)), TEXT);
      const both = await content(join(folder, `b.${extension.toUpperCase()}`));
      assertEquals(both.length, 100 + TEXT.length);
      assertEquals(await content(join(folder, `c.${extension}`)), new Uint8Array());
    });
  }
});

Deno.test("openCompressed() refuses what is damaged, cut, or followed by something else", async () => {
  for (const [extension, compress] of FORMS) {
    const whole = compress(TEXT);
    for (
      const bytes of [
        whole.slice(0, -5),
        whole.slice(0, whole.length >> 1),
        TEXT,
        joined(whole, TEXT),
      ]
    ) {
      await withFolder({ [`a.${extension}`]: bytes }, async (folder) => {
        const path = join(folder, `a.${extension}`);
        await assertRejects(
          () => openCompressed(path),
          InputError,
          `Cannot read ${path}: it cannot be decompressed (`,
        );
      });
    }
  }
});

Deno.test("openCompressed() needs the file, and a folder for its copy", async () => {
  await withFolder({ "a.gz": FORMS[0][1](TEXT) }, async (folder) => {
    await assertRejects(() => openCompressed(join(folder, "b.gz")), InputError, "no such file");
    await assertRejects(
      () => openCompressed(join(folder, "a.gz"), join(folder, "gone")),
      OutputError,
      "Cannot make a temporary file for the decompressed text: ",
    );
    const file = await openCompressed(join(folder, "a.gz"), folder);
    assertEquals([...Deno.readDirSync(folder)].length, 1);
    file.close();
  });
});

Deno.test("uncompressedName() takes the extension off", () => {
  assertEquals(uncompressedName("x/a.jsonl.gz"), "x/a.jsonl");
  assertEquals(uncompressedName("a.csv.ZST"), "a.csv");
  assertEquals(uncompressedName("a.jsonl"), null);
  assert(uncompressedName("gz") === null);
});
