import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { walk } from "../support/walk.ts";
import { contents, load, WEIGHTS, withModel } from "./small_model.ts";

Deno.test("downloadFile() goes on where a connection broke", async () => {
  await withModel(async ({ server }) => {
    const ranges: (string | null)[] = [];
    server.trouble = ({ place, headers }) => {
      if (!place.startsWith("store")) return;
      ranges.push(headers.get("range"));
      return ranges.length < 4 ? 30_000 : undefined;
    };
    const path = await load();
    assertEquals((await contents(path))["model.safetensors"], WEIGHTS);
    assertEquals(ranges, [null, "bytes=30000-", "bytes=60000-", "bytes=90000-"]);
  });
});

Deno.test("downloadFile() goes on where another run stopped, and begins anew where it cannot", async () => {
  await withModel(async ({ server, cache }) => {
    server.trouble = ({ place }) => place.startsWith("store") ? 0 : undefined;
    await assertRejects(
      () => load(),
      InputError,
      "Cannot fetch model.safetensors of org/small: ",
    );
    const blobs = join(cache, "models--org--small/blobs");
    const part = (await walk(blobs)).find((name) => name.endsWith(".incomplete"))!;
    assertEquals(
      await walk(join(cache, "models--org--small")).then((all) =>
        all.filter((name) => name.startsWith("refs"))
      ),
      [],
    );
    // The right beginning, a wrong one, and more than there is.
    const cases = [
      [WEIGHTS.slice(0, 50_000), 1],
      [new Uint8Array(WEIGHTS.length + 1), 1],
    ] as const;
    for (const [content, requests] of cases) {
      await Deno.remove(join(blobs, part.slice(0, 64))).catch(() => {});
      await Deno.remove(join(cache, "models--org--small/snapshots"), { recursive: true });
      await Deno.writeFile(join(blobs, part), content);
      server.trouble = () => undefined;
      const before = server.requests(/store/).length;
      const path = await load();
      assertEquals((await contents(path))["model.safetensors"], WEIGHTS);
      assertEquals(server.requests(/store/).length - before, requests);
    }
    assertEquals(server.requests(/store/).at(-2)!.headers.get("range"), "bytes=50000-");
    server.trouble = ({ place, headers }) =>
      place.startsWith("store") && headers.has("range")
        ? new Response(null, { status: 416 })
        : undefined;
    await Deno.remove(join(cache, "models--org--small/snapshots"), { recursive: true });
    await Deno.rename(join(blobs, part.slice(0, 64)), join(blobs, part));
    await Deno.truncate(join(blobs, part), 1000);
    assertEquals((await contents(await load()))["model.safetensors"], WEIGHTS);
  });
});

Deno.test("downloadFile() refuses what is not what the hub says it is", async () => {
  await withModel(async ({ server, cache }) => {
    server.trouble = ({ place }) => place.endsWith("/config.json") ? new Response("[]") : undefined;
    await assertRejects(() => load(), InputError, "config.json of org/small: it came damaged");
    server.trouble = ({ place }) =>
      place.endsWith("/config.json") ? new Response("[[]]") : undefined;
    await assertRejects(() => load(), InputError, "found more than 2 bytes");
    const wrong = new Uint8Array(WEIGHTS.length);
    server.trouble = ({ place }) => place.startsWith("store") ? new Response(wrong) : undefined;
    const damaged = "Cannot fetch model.safetensors of org/small: it came damaged: found hash";
    await assertRejects(() => load(), InputError, damaged);
    server.trouble = () => undefined;
    assertEquals((await contents(await load()))["model.safetensors"], WEIGHTS);
    assertEquals((await walk(cache)).filter((name) => name.includes("incomplete")), []);
  });
});

Deno.test("downloadFile() gives up a hub that never answers", async () => {
  await withModel(async ({ server }) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    server.trouble = () => promise;
    await assertRejects(() => load(), InputError, "cannot be reached (no answer within 0.1 s)");
    resolve(undefined);
  }, { HF_HUB_DOWNLOAD_TIMEOUT: "0.1" });
});

Deno.test("downloadFile() goes on where a store falls silent", async () => {
  await withModel(async ({ server }) => {
    let isSilent = true;
    server.trouble = ({ place }) => {
      if (!place.startsWith("store") || !isSilent) return;
      isSilent = false;
      const start = (controller: ReadableStreamDefaultController) =>
        controller.enqueue(WEIGHTS.slice(0, 1000));
      return new Response(new ReadableStream({ start }));
    };
    assertEquals((await contents(await load()))["model.safetensors"], WEIGHTS);
    const ranges = server.requests(/store/).map(({ headers }) => headers.get("range"));
    assertEquals(ranges, [null, "bytes=1000-"]);
  }, { HF_HUB_DOWNLOAD_TIMEOUT: "0.2" });
});

Deno.test("downloadFile() called twice at once fetches a file once", async () => {
  await withModel(async ({ server }) => {
    const [first, second] = await Promise.all([load(), load()]);
    assertEquals(first, second);
    assertEquals((await contents(first))["model.safetensors"], WEIGHTS);
    assertEquals(server.requests(/store/).length, 1);
  });
});
