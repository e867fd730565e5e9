import { assert, assertEquals, assertRejects } from "@std/assert";
import { hubFetch } from "../../src/hub/hub_fetch.ts";
import { TOKEN } from "../support/hub_server.ts";
import { withHub } from "../support/with_hub.ts";

Deno.test("hubFetch() gives the token to the hub, and to nobody else", async () => {
  await withHub({}, async ({ server: { endpoint, storeUrl, seen } }) => {
    const ask = hubFetch({ endpoint, token: TOKEN, timeout: 5 });
    const headers = { authorization: "Bearer of the package", range: "bytes=0-" };
    for (const url of [`${endpoint}/a`, new URL(`${endpoint}/b`), `${storeUrl}/c`]) {
      await (await ask(url, { headers })).body?.cancel();
    }
    await (await hubFetch({ endpoint, token: null, timeout: 5 })(`${endpoint}/d`)).body?.cancel();
    assertEquals(seen.map(({ headers }) => headers.get("authorization")), [
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
      null,
      null,
    ]);
    assert(seen.every(({ headers }) => headers.get("user-agent")?.startsWith("sentrain/")));
    assertEquals(seen[0].headers.get("range"), "bytes=0-");
  });
});

Deno.test("hubFetch() does not take the token along where it is sent elsewhere", async () => {
  await withHub({}, async ({ server }) => {
    const { endpoint, storeUrl } = server;
    server.trouble = ({ place }) =>
      place === "hub /a" ? Response.redirect(`${storeUrl}/b`, 302) : new Response("here");
    const answer = await hubFetch({ endpoint, token: TOKEN, timeout: 5 })(`${endpoint}/a`);
    assertEquals(await answer.text(), "here");
    assertEquals(server.seen.map(({ headers }) => headers.get("authorization")), [
      `Bearer ${TOKEN}`,
      null,
    ]);
  });
});

Deno.test("hubFetch() waits for answers to reading so long and no longer", async () => {
  await withHub({}, async ({ server }) => {
    const { endpoint } = server;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.trouble = async () => {
      await promise;
      return new Response("late");
    };
    const ask = hubFetch({ endpoint, token: null, timeout: 0.05 });
    await assertRejects(() => ask(`${endpoint}/a`), DOMException, "no answer within 0.05 s");
    const stop = AbortSignal.abort(new Error("stop"));
    await assertRejects(() => ask(`${endpoint}/a`, { signal: stop }), Error, "stop");
    const sending = hubFetch({ endpoint, token: null, timeout: 0.01 });
    const body = "x".repeat(800);
    await assertRejects(
      () => sending(`${endpoint}/a`, { method: "POST", body }),
      DOMException,
      "no answer within 0.1 s",
    );
    const slow = ask(`${endpoint}/a`, { method: "POST" });
    setTimeout(resolve, 150);
    assertEquals(await (await slow).text(), "late");
  });
});
