/**
 * Builds the page with Deno's bundler: `deno run -A examples/browser/build.ts FOLDER`, then serve the folder.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

const HERE = fromFileUrl(new URL(".", import.meta.url));

/**
 * Builds the page.
 *
 * @param folder Where it goes.
 * @param script What runs in it. Default: the controls.
 */
export async function buildPage(
  folder: string,
  script: string = join(HERE, "page.js"),
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const page = join(folder, "page.js");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--platform", "browser", "--output", page, script],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  // Paths are joined by what stands in for node:path and node:url.
  const bundled = (await Deno.readTextFile(page))
    .replaceAll(/from "node:(?:path|url)"/g, 'from "./node.js"');
  const [left] = /^import .* from "node:.*$/m.exec(bundled) ?? [];
  if (left !== undefined) throw new Error(`Cannot build the page: a browser has no ${left}`);
  await Deno.writeTextFile(page, bundled);
  await Deno.copyFile(join(HERE, "node.js"), join(folder, "node.js"));
  await Deno.copyFile(join(HERE, "index.html"), join(folder, "index.html"));
}

if (import.meta.main) {
  const [folder = "page"] = Deno.args;
  await buildPage(folder);
  console.log(`Built ${folder}. To serve it:\n\n  deno run -A jsr:@std/http/file-server ${folder}`);
}
