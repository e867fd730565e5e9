import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { CacheLayout } from "../../src/hub/cache_layout.ts";
import { withFolder } from "../support/with_folder.ts";

const COMMIT = "c".repeat(40);
const HASH = "a".repeat(64);

Deno.test("CacheLayout finds what huggingface_hub has fetched", async () => {
  const model = "models--org--x";
  const files = {
    [`${model}/refs/main`]: COMMIT,
    [`${model}/refs/refs/pr/1`]: "d".repeat(40),
    [`${model}/refs/odd`]: "../../etc",
    [`${model}/snapshots/${COMMIT}/config.json`]: "{}",
  };
  await withFolder(files, async (cache) => {
    const layout = new CacheLayout(cache, "org/x");
    const find = (revision: string) => layout.find({ name: "org/x", revision });
    const snapshot = join(cache, model, "snapshots", COMMIT);
    assertEquals(await find("main"), snapshot);
    assertEquals(await find(COMMIT), snapshot);
    // A name without its directory, one that is no hash, and two that are not there.
    for (const revision of ["refs/pr/1", "odd", "none", "e".repeat(40)]) {
      assertEquals(await find(revision), null);
    }
    await assertRejects(() => find("../main"), InputError, "it is no name");
    assertEquals(await new CacheLayout(cache, "org/y").find({ name: "", revision: "main" }), null);
  });
});

Deno.test("CacheLayout links files by relative paths, and replaces what was there", async () => {
  await withFolder({ [`models--x/blobs/${HASH}`]: "new" }, async (cache) => {
    const layout = new CacheLayout(cache, "x");
    for (let i = 0; i < 2; i++) {
      await layout.link(COMMIT, "a/b.json", HASH);
      const path = layout.file(COMMIT, "a/b.json");
      assertEquals(await Deno.readLink(path), `../../../blobs/${HASH}`);
      assertEquals(await Deno.readTextFile(path), "new");
      await Deno.remove(path);
      await Deno.writeTextFile(path, "old");
    }
    await layout.setRef("refs/pr/1", COMMIT);
    assertEquals(await layout.find({ name: "x", revision: "refs/pr/1" }), layout.snapshot(COMMIT));
    await layout.setRef(COMMIT, COMMIT);
    assertEquals([...Deno.readDirSync(join(cache, "models--x/refs"))].length, 1);
  });
});

Deno.test("CacheLayout.link() leaves a file there at every moment, and nothing beside it", async () => {
  const other = "b".repeat(64);
  const blobs = { [`models--x/blobs/${HASH}`]: "one", [`models--x/blobs/${other}`]: "two" };
  await withFolder(blobs, async (cache) => {
    const layout = new CacheLayout(cache, "x");
    await layout.link(COMMIT, "a.json", HASH);
    let isLinking = true;
    const linking = (async () => {
      for (let i = 0; i < 200; i++) await layout.link(COMMIT, "a.json", i % 2 === 0 ? other : HASH);
    })().finally(() => isLinking = false);
    const found = new Set<string>();
    while (isLinking) found.add(await Deno.readTextFile(layout.file(COMMIT, "a.json")));
    await linking;
    assertEquals(found, new Set(["one", "two"]));
    assertEquals([...Deno.readDirSync(layout.snapshot(COMMIT))].map(({ name }) => name), [
      "a.json",
    ]);
  });
});

Deno.test("CacheLayout makes no path that leaves it", () => {
  const layout = new CacheLayout("cache", "x");
  const names = [
    "",
    "/a",
    "a/",
    "../a",
    "a/../../b",
    "./a",
    "a//b",
    "a\\..\\b",
    "C:a",
    "a\0",
    "a\nb",
  ];
  for (const name of names) {
    assertThrows(() => layout.file(COMMIT, name), InputError, "leaves the directory");
  }
  for (const hash of ["", "..", "a".repeat(39), "A".repeat(40), "a".repeat(64) + "/x"]) {
    assertThrows(() => layout.blob(hash), InputError, "wanted the hash of a file or a commit");
    assertThrows(() => layout.snapshot(hash), InputError, "wanted the hash of a file or a commit");
  }
  assertEquals(layout.file(COMMIT, "a..b/c.d"), join(layout.snapshot(COMMIT), "a..b/c.d"));
});

Deno.test("CacheLayout.locked() lets one at a time work at a file", async () => {
  await withFolder({}, async (cache) => {
    const layout = new CacheLayout(cache, "org/x");
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return inside--;
    };
    assertEquals(await Promise.all([1, 2, 3].map(() => layout.locked(HASH, work))), [1, 1, 1]);
    assertEquals(most, 1);
    await Deno.stat(join(cache, ".locks/models--org--x", `${HASH}.lock`));
  });
});
