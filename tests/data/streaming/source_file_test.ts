import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { SourceFile } from "../../../src/data/streaming/source_file.ts";
import { InputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

const CHANGED = "it has changed since it was opened";

Deno.test("SourceFile reads bytes anywhere, and all of them in chunks", async () => {
  const bytes = Uint8Array.from({ length: 3 * 2 ** 20 + 5 }, (_, index) => index * 7 % 251);
  await withFolder({ "x.bin": bytes }, (folder) => {
    const path = join(folder, "x.bin");
    const source = SourceFile.open(path);
    assertEquals([source.path, source.size], [path, bytes.length]);
    for (const [start, length] of [[bytes.length - 3, 3], [0, 10], [2 ** 20 - 1, 2 ** 20 + 2]]) {
      const target = new Uint8Array(length);
      source.readInto(target, start);
      assertEquals(target, bytes.subarray(start, start + length));
    }
    for (const start of [0, 2, bytes.length]) {
      const read = new Uint8Array(bytes.length - start);
      let filled = 0;
      for (const chunk of source.chunks(start)) {
        read.set(chunk, filled);
        filled += chunk.length;
      }
      assertEquals(filled, read.length);
      assertEquals(read, bytes.subarray(start));
    }
    source.close();
    source.close();
    const message = `Cannot read ${path}: its dataset is closed`;
    assertThrows(() => source.readInto(new Uint8Array(1), 0), InputError, message);
  });
});

Deno.test("SourceFile notices a change of size or of time", async () => {
  const time = new Date("2024-05-06T07:08:09Z");
  const changes: ((path: string) => void)[] = [
    (path) => Deno.writeTextFileSync(path, "longer than before"),
    (path) => Deno.truncateSync(path, 2),
    (path) => Deno.utimeSync(path, time, time),
  ];
  for (const change of changes) {
    await withFolder({ "x.txt": "before" }, (folder) => {
      const path = join(folder, "x.txt");
      const source = SourceFile.open(path);
      source.check();
      change(path);
      assertThrows(() => source.check(), InputError, `Cannot read ${path}: ${CHANGED}`);
      assertThrows(() => source.readInto(new Uint8Array(2), 0), InputError, CHANGED);
      assertThrows(() => [...source.chunks(0)], InputError, CHANGED);
      source.close();
    });
  }
});

Deno.test("SourceFile stays with its file when another takes the name", async () => {
  await withFolder({ "x.txt": "before", "y.txt": "something else" }, (folder) => {
    const source = SourceFile.open(join(folder, "x.txt"));
    Deno.renameSync(join(folder, "y.txt"), join(folder, "x.txt"));
    const target = new Uint8Array(6);
    source.readInto(target, 0);
    assertEquals(new TextDecoder().decode(target), "before");
    source.close();
  });
});

Deno.test("SourceFile refuses to read beyond the end, and what is not there", async () => {
  await withFolder({ "x.txt": "short" }, (folder) => {
    const source = SourceFile.open(join(folder, "x.txt"));
    assertThrows(() => source.readInto(new Uint8Array(3), 4), InputError, CHANGED);
    source.close();
    const missing = join(folder, "y.txt");
    assertThrows(
      () => SourceFile.open(missing),
      InputError,
      `Cannot read ${missing}: no such file`,
    );
  });
});
