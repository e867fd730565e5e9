import { assert, assertEquals, assertMatch } from "@std/assert";
import { extname, join } from "@std/path";
import { buildPage } from "../examples/browser/build.ts";
import { foreign } from "./support/foreign.ts";
import { withFolder } from "./support/with_folder.ts";

const { chromium } = await foreign("playwright-core");

/** What of a page of Playwright is used here. */
interface Page {
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(selector: string, options?: { timeout: number }): Promise<unknown>;
  waitForEvent(name: "download"): Promise<{ path(): Promise<string> }>;
  locator(selector: string): { allTextContents(): Promise<string[]> };
}

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/**
 * Serves the built page and drives it in headless Chromium on its software adapter.
 *
 * @returns What its console had of errors.
 */
async function inBrowser(work: (page: Page) => Promise<void>): Promise<string[]> {
  const errors: string[] = [];
  await withFolder({}, async (folder) => {
    await buildPage(folder);
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
    const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    try {
      const page = await browser.newPage();
      page.on("pageerror", (error: Error) => errors.push(error.message));
      page.on("console", (message: { type(): string; text(): string }) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${server.addr.port}/index.html`);
      await work(page);
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  });
  return errors;
}

// Chromium's processes and sockets outlive the calls that made them.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "a page trains on pasted pairs in Chromium, and finds what answers a question",
  options,
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

Deno.test("a page says what is wrong with the pairs", options, async () => {
  const errors = await inBrowser(async (page) => {
    await page.fill("#pairs", "a | b\nno bar here");
    await page.click("#train");
    await page.waitForSelector("#status[data-state=failed]");
    assertEquals(await page.textContent("#status"), "Cannot read line 2: wanted TEXT | TEXT");
  });
  // The console has it too, for those who look there.
  assertEquals(errors.length, 1);
});
