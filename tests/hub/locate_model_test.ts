import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import { locateModel } from "../../src/hub/locate_model.ts";
import { TOKEN } from "../support/hub_server.ts";
import { withFolder } from "../support/with_folder.ts";
import { FILES, withModel } from "./small_model.ts";

Deno.test("locateModel() takes what is there as a path, and asks nobody", async () => {
  await withModel(async ({ server }) => {
    await withFolder({ "org/small/config.json": "{}", "file": "" }, async (folder) => {
      const before = Deno.cwd();
      Deno.chdir(folder);
      try {
        for (const path of ["org/small", "file", folder]) {
          assertEquals(await locateModel(path, { revision: "v1" }), { path, source: path });
        }
      } finally {
        Deno.chdir(before);
      }
    });
    for (const path of ["./org/small", "/org/small", "a/b/c", "", "out/"]) {
      assertEquals(await locateModel(path), { path, source: path });
    }
    assertEquals(server.seen, []);
  });
});

Deno.test("locateModel() fetches a model of the hub, at the revision in its name or beside it", async () => {
  await withModel(async ({ server, cache }) => {
    server.add("sentence-transformers/small", FILES);
    const { refs } = server.repos.get("org/small")!;
    const sha = refs.get("main")!;
    refs.set("v1", sha);
    const path = join(cache, "models--org--small/snapshots", sha);
    assertEquals(await locateModel("org/small"), { path, source: "org/small" });
    assertEquals(await locateModel("org/small@main"), { path, source: "org/small" });
    const pinned = { path, source: "org/small@v1" };
    assertEquals(await locateModel("org/small@v1"), pinned);
    assertEquals(await locateModel("org/small", { revision: "v1" }), pinned);
    assertEquals(await locateModel("org/small@v1", { revision: "v1" }), pinned);
    assertEquals((await locateModel("small")).source, "sentence-transformers/small");
  });
});

Deno.test("locateModel() shows the token that it is given", async () => {
  await withModel(async ({ server }) => {
    server.add("org/hidden", FILES, true);
    await locateModel("org/hidden", { token: TOKEN });
    await assertRejects(() => locateModel("org/hidden"), InputError, "set HF_TOKEN");
  });
});

Deno.test("locateModel() refuses two revisions, and what is none", async () => {
  await assertRejects(
    () => locateModel("org/small@v1", { revision: "v2" }),
    UsageError,
    "found revision v2 beside the one in its name",
  );
  for (const revision of ["", "../x", "a b"]) {
    await assertRejects(
      () => locateModel("org/small", { revision }),
      UsageError,
      "wanted a branch",
    );
  }
});

Deno.test({
  name: "locateModel() names both permissions where neither the directory nor the hub may be asked",
  permissions: "none",
  fn: async () => {
    await assertRejects(
      () => locateModel("out/final"),
      InputError,
      "Cannot load model out/final: the permission to read out/final is missing; " +
        "add --allow-read=out/final, or --allow-net if it is a model of the hub",
    );
    assertEquals(await locateModel("./out"), { path: "./out", source: "./out" });
  },
});
