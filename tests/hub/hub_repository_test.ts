import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError, UsageError } from "../../src/errors.ts";
import { HubRepository } from "../../src/hub/hub_repository.ts";
import { failure, TOKEN } from "../support/hub_server.ts";
import { withHub } from "../support/with_hub.ts";

Deno.test("HubRepository.open() makes a repository, private where that is wanted", async () => {
  await withHub({ HF_TOKEN: TOKEN }, async ({ server }) => {
    const made = await HubRepository.open("org/x");
    assertEquals([made.name, made.url, made.warnings], ["org/x", `${server.endpoint}/org/x`, []]);
    assertEquals((await HubRepository.open("y", { private: true })).name, "me/y");
    assertEquals([...server.repos].map(([name, repo]) => [name, repo.private]), [
      ["org/x", false],
      ["me/y", true],
    ]);
    // Those that are there stay as they are.
    assertEquals((await HubRepository.open("org/x", { private: true })).warnings, [
      "Repository org/x was there before and is public: so is what is uploaded",
    ]);
    assertEquals((await HubRepository.open("me/y", { private: true })).warnings, []);
    assertEquals((await HubRepository.open("me/y")).warnings, []);
    assertEquals(server.repos.size, 2);
  });
});

Deno.test("HubRepository.open() takes one that is there from a token that may make none", async () => {
  await withHub({}, async ({ server }) => {
    server.add("org/x", {});
    server.trouble = ({ place }) => place.endsWith("create") ? failure(403, "no") : undefined;
    assertEquals((await HubRepository.open("org/x", { token: TOKEN })).name, "org/x");
    await assertRejects(
      () => HubRepository.open("org/y", { token: TOKEN }),
      OutputError,
      "Cannot open repository org/y for uploads: ",
    );
  });
});

Deno.test("HubRepository.open() says what is missing", async () => {
  await withHub({}, async ({ server }) => {
    await assertRejects(
      () => HubRepository.open("org/x"),
      UsageError,
      "there is no token; set HF_TOKEN",
    );
    for (const id of ["", "a/b/c", "a b", "../x/y", "a/", "x?y", "https://localhost/a"]) {
      await assertRejects(
        () => HubRepository.open(id, { token: TOKEN }),
        UsageError,
        "wanted org/name",
      );
    }
    Deno.env.set("HF_HUB_OFFLINE", "1");
    const open = (token: string) => HubRepository.open("org/x", { token });
    await assertRejects(() => open(TOKEN), UsageError, "HF_HUB_OFFLINE is set");
    Deno.env.delete("HF_HUB_OFFLINE");
    const error = await assertRejects(() => open("hf_wrong"), OutputError, "answered 401");
    assert(!Deno.inspect(error).includes("hf_wrong"));
    // A key of another hub may look different.
    await assertRejects(() => open("other_wrong"), OutputError, "answered 401");
    await server.close();
    await assertRejects(() => open(TOKEN), OutputError, "cannot be reached");
  });
});

Deno.test("HubRepository.upload() sends files from a thread of its own", async () => {
  await withHub({ HF_TOKEN: TOKEN }, async ({ server, folder }) => {
    const repository = await HubRepository.open("org/x");
    const source = join(folder, "weights");
    // From 10 MB on the package hashes what it reads piece by piece.
    await Deno.writeFile(source, new Uint8Array(11_000_000).fill(7));
    const upload = repository.upload("title", [{ path: "model.safetensors", source }]);
    assertEquals(
      await upload,
      server.endpoint + "/org/x/commit/" + server.repos.get("org/x")!.commits[0].sha,
    );
    assertEquals(server.paths("org/x"), ["model.safetensors"]);
    server.trouble = () => failure(400, "no");
    const failed = repository.upload("title", [{ path: "a", source }]);
    await assertRejects(() => failed, OutputError, 'Cannot upload "title" to org/x: ');
    const missing = repository.upload("title", [{ path: "a", source: join(folder, "none") }]);
    await assertRejects(() => missing, OutputError, "No such file");
  });
});
