import { assert, assertEquals, assertMatch } from "@std/assert";
import { extname, fromFileUrl, join } from "@std/path";
import { buildPage } from "../examples/browser/build.ts";
import { CHROMIUM_TEST, type Page, withChromium } from "./support/chromium.ts";
import { withFolder } from "./support/with_folder.ts";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** Serves the built page and drives it; returns what its console had of errors. */
async function inBrowser(
  work: (page: Page) => Promise<void>,
  script?: string,
): Promise<string[]> {
  let errors: string[] = [];
  await withFolder({}, async (folder) => {
    await buildPage(folder, script);
    const stop = new AbortController();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen() {} },
      async (request) => {
        const path = new URL(request.url).pathname;
        const type = TYPES[extname(path)];
        if (type === undefined) return new Response(null, { status: 404 });
        const content = await Deno.readFile(join(folder, path.slice(1)));
        return new Response(content, { headers: { "content-type": type } });
      },
    );
    try {
      errors = await withChromium(`http://127.0.0.1:${server.addr.port}/index.html`, work);
    } finally {
      stop.abort();
      await server.finished;
    }
  });
  return errors;
}

Deno.test(
  "a page trains on pasted pairs in Chromium, and finds what answers a question",
  CHROMIUM_TEST,
  async () => {
    const errors = await inBrowser(async (page) => {
      await page.click("#train");
      await page.waitForSelector("#status[data-state]", { timeout: 240_000 });
      assertMatch(await page.textContent("#status") ?? "", /^Trained on 8 pairs, on .*swiftshader/);
      await page.fill("#question", "Can I pay by invoice?");
      await page.click("#search button");
      await page.waitForSelector("#results li");
      const found = await page.locator("#results li").allTextContents();
      assertEquals(found.length, 5);
      assertMatch(found[0], /^\d\.\d{3} {2}Yes, within 30 days\.$/);
      const download = page.waitForEvent("download");
      await page.click("#download");
      const file = await (await download).path();
      assert((await Deno.stat(file)).size > 100_000);
    });
    assertEquals(errors, []);
  },
);

Deno.test("a page says what is wrong with the pairs", CHROMIUM_TEST, async () => {
  const errors = await inBrowser(async (page) => {
    await page.fill("#pairs", "a | b\nno bar here");
    await page.click("#train");
    await page.waitForSelector("#status[data-state=failed]");
    assertEquals(await page.textContent("#status"), "Cannot read line 2: wanted TEXT | TEXT");
  });
  // The console has it too, for those who look there.
  assertEquals(errors.length, 1);
});

Deno.test("a page resumes from a checkpoint and loads what it saved", CHROMIUM_TEST, async () => {
  const script = fromFileUrl(new URL("./support/browser_run.ts", import.meta.url));
  const errors = await inBrowser(async (page) => {
    await page.waitForSelector("#status[data-state]", { timeout: 240_000 });
    const { files, whole, resumed, loaded, ...facts } = JSON.parse(
      await page.textContent("#status") ?? "",
    );
    assertEquals(facts, { hasDeno: false, isSameWhenResumed: true });
    assertEquals([resumed, loaded], [whole, whole]);
    assertEquals(whole.length, 32);
    for (const name of ["checksums.json", "model.safetensors", "optimizer.safetensors"]) {
      assert(files.includes(`checkpoint-4/${name}`), `${files}`);
    }
  }, script);
  assertEquals(errors, []);
});
