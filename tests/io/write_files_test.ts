import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError } from "../../src/errors.ts";
import { TEMPORARY_PREFIX } from "../../src/io/temporary_name.ts";
import {
  ensureWritableDirectory,
  removeDirectoryAtomically,
  writeDirectoryAtomically,
  writeFileAtomically,
} from "../../src/io/write_files.ts";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** What Deno throws when the operating system refuses. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error)`), { code });
}

Deno.test("writeFileAtomically() writes text and bytes over what was there", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "a.txt");
    await writeFileAtomically(path, "Über");
    assertEquals(await Deno.readTextFile(path), "Über");
    await writeFileAtomically(path, Uint8Array.of(0x61));
    assertEquals(await Deno.readTextFile(path), "a");
    assertEquals(namesIn(directory), ["a.txt"]);
  });
});

Deno.test("writeFileAtomically() names the path and the reason when it cannot write", async () => {
  await withDirectory(async (directory) => {
    const lost = join(directory, "none", "a.txt");
    await assertRejects(
      () => writeFileAtomically(lost, ""),
      OutputError,
      `Cannot write ${lost}: its directory does not exist`,
    );
    await Deno.mkdir(join(directory, "taken"));
    await assertRejects(
      () => writeFileAtomically(join(directory, "taken"), "x"),
      OutputError,
      "a directory has this name; choose another",
    );
    assertEquals(namesIn(directory), ["taken"]);
  });
});

Deno.test("writeDirectoryAtomically() makes parents and puts the directory in place", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "runs", "model");
    await writeDirectoryAtomically(path, async (temporary) => {
      assert(!namesIn(join(directory, "runs")).includes("model"));
      assert(namesIn(join(directory, "runs")).every((name) => name.startsWith(TEMPORARY_PREFIX)));
      await Deno.mkdir(join(temporary, "1_Pooling"));
      await Deno.writeTextFile(join(temporary, "1_Pooling", "config.json"), "{}");
    });
    assertEquals(namesIn(join(directory, "runs")), ["model"]);
    assertEquals(await Deno.readTextFile(join(path, "1_Pooling", "config.json")), "{}");
  });
});

Deno.test("writeDirectoryAtomically() replaces a directory as a whole", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "model");
    await writeDirectoryAtomically(path, (to) => Deno.writeTextFile(join(to, "old"), "1"));
    await writeDirectoryAtomically(path, (to) => Deno.writeTextFile(join(to, "new"), "2"));
    assertEquals(namesIn(path), ["new"]);
    assertEquals(namesIn(directory), ["model"]);
  });
});

Deno.test("writeDirectoryAtomically() replaces where a symbolic link points to", async () => {
  await withDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "disk", "model"), { recursive: true });
    await Deno.symlink(join(directory, "disk", "model"), join(directory, "link"));
    await writeDirectoryAtomically(
      join(directory, "link"),
      (to) => Deno.writeTextFile(join(to, "new"), ""),
    );
    assert((await Deno.lstat(join(directory, "link"))).isSymlink);
    assertEquals(namesIn(join(directory, "disk", "model")), ["new"]);
  });
});

Deno.test("writeDirectoryAtomically() leaves all as it was when writing fails", async () => {
  const reasons = {
    ENOSPC: "no space is left on the device",
    EROFS: "the file system is read-only",
    EACCES: "permission denied",
    EIO: "EIO (os error)",
  };
  await withDirectory(async (directory) => {
    const path = join(directory, "model");
    await writeDirectoryAtomically(path, (to) => Deno.writeTextFile(join(to, "old"), "1"));
    for (const [code, reason] of Object.entries(reasons)) {
      await assertRejects(
        () =>
          writeDirectoryAtomically(path, async (to) => {
            await Deno.writeTextFile(join(to, "half"), "2");
            throw systemError(code);
          }),
        OutputError,
        `Cannot write ${path}: ${reason}`,
      );
      assertEquals(namesIn(directory), ["model"]);
      assertEquals(namesIn(path), ["old"]);
    }
  });
});

Deno.test("writeDirectoryAtomically() passes a defect of its caller through", async () => {
  await withDirectory(async (directory) => {
    await assertRejects(
      () =>
        writeDirectoryAtomically(join(directory, "a"), () => Promise.reject(new TypeError("x"))),
      TypeError,
      "x",
    );
    assertEquals(namesIn(directory), []);
  });
});

Deno.test("writeDirectoryAtomically() does not replace a file", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "model");
    await Deno.writeTextFile(path, "keep");
    await assertRejects(
      () => writeDirectoryAtomically(path, () => Promise.resolve()),
      OutputError,
      `Cannot write ${path}: a file has this name; choose another`,
    );
    assertEquals(await Deno.readTextFile(path), "keep");
    assertEquals(namesIn(directory), ["model"]);
  });
});

Deno.test("ensureWritableDirectory() makes the directory and leaves nothing in it", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "a", "b");
    await ensureWritableDirectory(path);
    await ensureWritableDirectory(path);
    assertEquals(namesIn(path), []);
  });
});

Deno.test("ensureWritableDirectory() refuses a path with a file in it", async () => {
  await withDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    await assertRejects(() => ensureWritableDirectory(file), OutputError, `Cannot write ${file}: `);
    const below = join(file, "below");
    await assertRejects(
      () => ensureWritableDirectory(below),
      OutputError,
      `Cannot write ${below}: `,
    );
  });
});

Deno.test({
  name: "ensureWritableDirectory() says which flag Deno wants",
  permissions: { read: true, write: false },
  fn: async () => {
    await assertRejects(
      () => ensureWritableDirectory("somewhere"),
      OutputError,
      "Cannot write somewhere: the permission to write somewhere is missing; add --allow-write=somewhere",
    );
  },
});

Deno.test("removeDirectoryAtomically() removes a directory and names a missing one", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "old");
    await Deno.mkdir(join(path, "below"), { recursive: true });
    await removeDirectoryAtomically(path);
    assertEquals(namesIn(directory), []);
    await assertRejects(
      () => removeDirectoryAtomically(path),
      OutputError,
      `Cannot remove ${path}: `,
    );
  });
});
