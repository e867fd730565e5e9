import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError } from "../../src/errors.ts";
import { hubSettings } from "../../src/hub/hub_settings.ts";
import { uploadFiles } from "../../src/hub/upload_files.ts";
import { failure, type HubServer, TOKEN } from "../support/hub_server.ts";
import { type TestHub, withHub } from "../support/with_hub.ts";

const WEIGHTS = Uint8Array.from({ length: 100_001 }, (_, i) => i * 13 + (i >> 8));

/** Runs a test with an empty repository and two files. */
async function withUpload(
  test: (hub: TestHub & { upload: (title?: string) => Promise<string> }) => unknown,
): Promise<void> {
  await withHub({ HF_TOKEN: TOKEN, HF_HUB_DOWNLOAD_TIMEOUT: "0.1" }, async (hub) => {
    hub.server.add("me/x", {});
    const files = ["model.safetensors", "sub/config.json"].map((path, i) => ({
      path,
      source: join(hub.folder, String(i)),
    }));
    await Deno.writeFile(files[0].source, WEIGHTS);
    await Deno.writeTextFile(files[1].source, `{"name": "é"}`);
    const upload = async (title = "a title") =>
      await uploadFiles({ settings: await hubSettings(), repository: "me/x", title, files });
    await test({ ...hub, upload });
  });
}

function check(server: HubServer): void {
  const { files } = server.repos.get("me/x")!.commits.at(-1)!;
  assertEquals([...files.keys()].sort(), ["model.safetensors", "sub/config.json"]);
  assertEquals(files.get("model.safetensors"), WEIGHTS);
  assertEquals(new TextDecoder().decode(files.get("sub/config.json")), `{"name": "é"}`);
}

Deno.test("uploadFiles() makes one commit of small and large files", async () => {
  await withUpload(async ({ server, upload }) => {
    assertMatch(await upload(), /^http.*\/me\/x\/commit\/[0-9a-f]{40}$/);
    check(server);
    assertEquals(server.titles("me/x"), ["first", "a title"]);
    const [put, ...others] = server.requests(/PUT store/);
    assertEquals(others, []);
    assertEquals(put.headers.get("content-length"), String(WEIGHTS.length));
    assertEquals(put.headers.get("authorization"), null);
  });
});

Deno.test("uploadFiles() sends large files in parts where the hub wants that", async () => {
  await withUpload(async ({ server, upload }) => {
    server.partSize = 30_000;
    await upload();
    check(server);
    assertEquals(server.requests(/PUT store \/\w{64}\/[1-4]$/).length, 4);
    assertEquals(server.requests(/POST store .*\/whole$/).length, 1);
  });
});

Deno.test("uploadFiles() tries again, and sends no large file twice", async () => {
  const troubles: [RegExp, number][] = [
    [/POST hub .*preupload/, 503],
    [/POST hub .*batch/, 429],
    [/PUT store/, 500],
    [/POST hub .*commit/, 500],
    [/POST hub .*commit/, 412],
  ];
  for (const [pattern, status] of troubles) {
    await withUpload(async ({ server, upload }) => {
      let left = 2;
      server.trouble = ({ method, place }) =>
        pattern.test(`${method} ${place}`) && left-- > 0 ? failure(status, "later") : undefined;
      await upload();
      check(server);
      assertEquals(server.requests(pattern).length, 3);
      const isStore = pattern.source.includes("store");
      assertEquals(server.requests(/PUT store/).length, isStore ? 3 : 1);
      await upload("again");
      assertEquals(server.requests(/PUT store/).length, isStore ? 3 : 1);
      assertEquals(server.titles("me/x"), ["first", "a title", "again"]);
    });
  }
});

Deno.test("uploadFiles() gives up after five attempts, or at once where none can help", async () => {
  await withUpload(async ({ server, upload }) => {
    server.trouble = ({ place }) =>
      place.includes("commit") ? failure(500, `${TOKEN}!`) : undefined;
    const { message } = await assertRejects(() => upload(), OutputError);
    assert(
      message.startsWith(`Cannot upload "a title" to me/x: ${server.endpoint} answered 500 (`),
    );
    assert(message.includes("<HUB_TOKEN>!") && !message.includes(TOKEN), message);
    assertEquals(server.requests(/commit/).length, 5);
    server.trouble = ({ place }) => place.startsWith("store") ? failure(403, "no") : undefined;
    server.store.clear();
    const refused = await assertRejects(() => upload(), OutputError, "answered 403");
    assert(!refused.message.includes("signature"), refused.message);
    assertEquals(server.requests(/PUT store/).length, 2);
    await server.close();
    await assertRejects(() => upload(), OutputError, "cannot be reached");
  });
});
