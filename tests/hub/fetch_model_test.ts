import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import type { DownloadProgress } from "../../src/hub/download_file.ts";
import { fetchModel } from "../../src/hub/fetch_model.ts";
import { hubSettings } from "../../src/hub/hub_settings.ts";
import { failure, type HubServer, TOKEN } from "../support/hub_server.ts";
import { walk } from "../support/walk.ts";
import { contents, FILES, load, MODULES, NEEDED, WEIGHTS, withModel } from "./small_model.ts";

function shaOf(server: HubServer): string {
  return server.repos.get("org/small")!.refs.get("main")!;
}

Deno.test("fetchModel() lays out what a model needs as huggingface_hub does, and nothing else", async () => {
  await withModel(async ({ server, cache }) => {
    server.pageSize = 2;
    const told: DownloadProgress[] = [];
    const path = await load("main", (progress) => void told.push(progress));
    const sha = shaOf(server);
    const model = join(cache, "models--org--small");
    assertEquals(path, join(model, "snapshots", sha));
    assertEquals(Object.keys(await contents(path)), NEEDED);
    assertEquals((await contents(path))["model.safetensors"], WEIGHTS);
    assertEquals(await Deno.readTextFile(join(model, "refs/main")), sha);
    const links = await Promise.all([
      Deno.readLink(join(path, "config.json")),
      Deno.readLink(join(path, "1_Pooling/config.json")),
    ]);
    // Git's hash of "{}"; and from a folder below, one level further up.
    assertEquals(links[0], "../../blobs/9e26dfeeb6e641a33dae4961196235bdb965b21b");
    assertMatch(links[1], /^\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
    const blobs = (await walk(join(model, "blobs"))).map(({ length }) => length).sort();
    assertEquals(blobs, [40, 40, 40, 40, 64]);
    const last = told.at(-1)!;
    assertEquals(last, {
      model: "org/small",
      file: "model.safetensors",
      done: WEIGHTS.length,
      total: WEIGHTS.length,
    });
    assertEquals(server.requests(/onnx|\.bin|\.py|README/), []);
  });
});

Deno.test("fetchModel() fetches nothing twice, and takes a new commit", async () => {
  await withModel(async ({ server }) => {
    const first = await load();
    const before = server.requests(/resolve/).length;
    assertEquals(before, NEEDED.length);
    assertEquals(await load(), first);
    assertEquals(server.requests(/resolve/).length, before);
    server.commit("org/small", "second", { "config.json": `{"new": true}` });
    const second = await load();
    assertEquals(server.requests(/resolve/).length, before + 1);
    assertEquals(await Deno.readTextFile(join(second, "config.json")), `{"new": true}`);
    assertEquals(await Deno.readTextFile(join(first, "config.json")), "{}");
    assertEquals((await contents(second))["model.safetensors"], WEIGHTS);
  });
});

Deno.test("fetchModel() takes branches, tags and hashes, and remembers names alone", async () => {
  await withModel(async ({ server, cache }) => {
    const repo = server.repos.get("org/small")!;
    const old = shaOf(server);
    repo.refs.set("refs/pr/1", old);
    server.commit("org/small", "second", { "config.json": "[]" });
    assertEquals(await load("refs/pr/1"), await load(old));
    assert(await load() !== await load(old));
    const refs = join(cache, "models--org--small/refs");
    assertEquals(await walk(refs), ["main", "refs/pr/1"]);
    await assertRejects(() => load("v9"), InputError, "answered 404 (Invalid rev id: v9.");
  });
});

Deno.test("fetchModel() takes what the cache has where the hub is silent or not asked", async () => {
  await withModel(async ({ server }) => {
    const path = await load();
    server.trouble = () => new Response(null, { status: 503 });
    assertEquals(await load(), path);
    Deno.env.set("HF_HUB_OFFLINE", "1");
    const asked = server.seen.length;
    assertEquals(await load(), path);
    assertEquals(await load(shaOf(server)), path);
    await assertRejects(
      () => load("other"),
      InputError,
      "Cannot load model org/small: found no directory of this name, and revision other is not in the cache",
    );
    assertEquals(server.seen.length, asked);
  });
  await withModel(async ({ server }) => {
    const path = await load();
    await server.close();
    assertEquals(await load(), path);
    await assertRejects(() => load("other"), InputError, "cannot be reached");
  });
});

Deno.test("fetchModel() says why it has no model", async () => {
  await withModel(async ({ server, cache }) => {
    server.add("org/hidden", FILES, true);
    const missing = async (name: string) =>
      await assertRejects(
        async () => await fetchModel({ name, revision: "main" }, { settings: await hubSettings() }),
        InputError,
        `Cannot load model ${name}: found no directory of this name, and revision main cannot be had`,
      );
    for (const name of ["org/none", "org/hidden"]) {
      const { message } = await missing(name);
      assertStringIncludes(message, "answered 401 (Repository not found.");
      assertStringIncludes(message, "a private repository needs a token: set HF_TOKEN");
    }
    Deno.env.set("HF_TOKEN", "hf_wrong");
    const wrong = await missing("org/hidden");
    assertStringIncludes(wrong.message, "answered 401 (Invalid credentials.");
    assertStringIncludes(wrong.message, "whether the token is valid");
    assert(!wrong.message.includes("hf_wrong"));
    Deno.env.set("HF_TOKEN", TOKEN);
    assertStringIncludes((await missing("org/none")).message, "answered 404");
    server.trouble = () => failure(403, "gated");
    assertStringIncludes((await missing("org/hidden")).message, "accept the terms");
    server.trouble = () => failure(500, `at http://localhost/y?secret=1 for ${TOKEN}`);
    const { message } = await missing("org/hidden");
    assertStringIncludes(message, "at http://localhost/y for <HUB_TOKEN>.");
    assertEquals(await Deno.stat(cache).catch(() => null), null);
  });
});

Deno.test("fetchModel() shows its token to the hub alone", async () => {
  await withModel(async ({ server }) => {
    server.add("org/small", FILES, true);
    await load();
    const authorized = (pattern: RegExp) =>
      server.requests(pattern).map(({ headers }) => headers.get("authorization"));
    assertEquals(authorized(/GET store/), [null]);
    assertEquals([...new Set(authorized(/GET hub/))], [`Bearer ${TOKEN}`]);
  }, { HF_TOKEN: TOKEN });
});

Deno.test("fetchModel() lets nothing from the hub leave the cache", async () => {
  await withModel(async ({ server, folder, cache }) => {
    const first = (change: Record<string, unknown>) => {
      server.listed = (entries) =>
        entries.map((entry) => entry.path === "modules.json" ? { ...entry, ...change } : entry);
    };
    for (const oid of ["../../../../evil", "", "abc", "0".repeat(40) + "/../x"]) {
      first({ oid });
      await assertRejects(() => load(), InputError, "wanted the hash of a file or a commit");
    }
    // Paths of others are never asked for.
    server.listed = (entries) => [...entries, { ...entries[0], path: "../../../../../evil" }];
    await load();
    server.listed = null;
    server.commit("org/small", "hostile", {
      "modules.json": MODULES.replace(`"1_Pooling"`, `"../../../../.."`),
    });
    await assertRejects(() => load(), InputError, "leaves the model directory");
    server.trouble = ({ place }) =>
      place.includes("/revision/") ? Response.json({ id: "org/small", sha: "../../x" }) : undefined;
    await assertRejects(() => load(), InputError, "wanted the hash of a file or a commit");
    const all = await walk(folder);
    assert(all.length > 10);
    assertEquals(all.filter((name) => !name.startsWith("home/hub/") || name.includes("evil")), []);
    assertEquals([...Deno.readDirSync(cache)].map(({ name }) => name).sort(), [
      ".locks",
      "models--org--small",
    ]);
  });
});

Deno.test("fetchModel() asks for no weights of a model that it cannot read", async () => {
  await withModel(async ({ server }) => {
    server.repos.delete("org/small");
    const { "model.safetensors": _, ...others } = FILES;
    server.add("org/small", others);
    await assertRejects(
      () => load(),
      InputError,
      "Cannot load model org/small: found pytorch_model.bin, wanted model.safetensors; choose a revision",
    );
    assertEquals(server.requests(/resolve/).length, 1);
    assertEquals(server.requests(/store/), []);
  });
});
