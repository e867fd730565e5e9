/**
 * Headless Chromium, with WebGPU on its software adapter.
 *
 * @module
 */
import { foreign } from "./foreign.ts";

/** What of a page of Playwright is used here. */
export interface Page {
  goto(url: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(selector: string, options?: { timeout: number }): Promise<unknown>;
  waitForEvent(name: "download"): Promise<{ path(): Promise<string> }>;
  locator(selector: string): { allTextContents(): Promise<string[]>; count(): Promise<number> };
}

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** For tests that start Chromium, whose processes and sockets outlive the calls that made them. */
export const CHROMIUM_TEST = { sanitizeOps: false, sanitizeResources: false } as const;

/**
 * Opens a page.
 *
 * @param url Its address.
 * @param work What to do with it.
 * @returns What its console had of errors.
 */
export async function withChromium(
  url: string,
  work: (page: Page) => Promise<void>,
): Promise<string[]> {
  const { chromium } = await foreign("playwright-core");
  const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const errors: string[] = [];
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error: Error) => errors.push(error.message));
    page.on("console", (message: { type(): string; text(): string }) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(url);
    await work(page);
  } finally {
    await browser.close();
  }
  return errors;
}
