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
 */
export async function buildPage(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const page = join(folder, "page.js");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--platform", "browser", "--output", page, join(HERE, "page.js")],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  // Paths are joined by what stands in for node:path and node:url.
  const script = await Deno.readTextFile(page);
  await Deno.writeTextFile(
    page,
    script.replaceAll(/from "node:(\w+)(?:\/\w+)?"/g, 'from "./node.js"'),
  );
  await Deno.copyFile(join(HERE, "node.js"), join(folder, "node.js"));
  await Deno.copyFile(join(HERE, "index.html"), join(folder, "index.html"));
}

if (import.meta.main) {
  const [folder = "page"] = Deno.args;
  await buildPage(folder);
  console.log(`Built ${folder}. To serve it:\n\n  deno run -A jsr:@std/http/file-server ${folder}`);
}
