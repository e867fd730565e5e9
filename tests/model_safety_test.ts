import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { encode } from "../src/cli/encode.ts";
import { readRepository } from "../tools/repository.ts";
import { captureOutput } from "./support/capture_output.ts";
import { withTinyBert } from "./support/model_directory.ts";

/** What runs text, or a file, that is not known when this is written. */
const RUNS =
  /\beval\(|\bnew Function\b|node:vm|\bimportScripts\(|\bnew Deno\.Command\(|WebAssembly\./;

async function sources(): Promise<[string, string][]> {
  return [...await readRepository()]
    .filter(([path]) => /^(?:src\/.*\.ts|cli\.ts|mod\.ts)$/.test(path))
    .map(([path, text]) => [path, text.replace(/^\s*(?:\*|\/\/).*$/gm, "")]);
}

Deno.test("no module imports what is named at run time", async () => {
  const all = await sources();
  assert(all.length > 300, `${all.length}`);
  const imports = all.flatMap(([path, text]) =>
    [...text.matchAll(/\bimport\(\s*([^,)]*)/g)].map(([, specifier]) =>
      `${path} ${specifier.trim()}`
    )
  );
  assert(imports.length >= 8, `${imports}`);
  assertEquals(imports.filter((each) => !/ "[^"]+"$/.test(each)), []);
});

Deno.test("workers run modules of this package alone, and nothing runs texts or programs", async () => {
  const all = await sources();
  assertEquals(all.filter(([, text]) => RUNS.test(text)).map(([path]) => path), []);
  const workers = all.flatMap(([, text]) => text.match(/new Worker\([^)]*\)/g) ?? []);
  const urls = all.flatMap(([, text]) => [...text.matchAll(/new URL\("(\.[^"]*_worker\.ts)"/g)]);
  assertEquals(workers.length, urls.length);
  assertEquals(workers, Array(2).fill('new Worker(url, { type: "module" })'));
});

Deno.test("code beside a model, and named by it, is not run", async () => {
  const code = "globalThis.wasRun = true; Deno.exit(77);";
  const files = {
    "modeling_custom.py": "raise SystemExit(77)",
    "modeling_custom.ts": code,
    "modeling_custom.js": code,
    "index.js": code,
    "mod.ts": code,
    "deno.json": { imports: { "zod": "./mod.ts" } },
    "package.json": { main: "index.js" },
  };
  await withTinyBert(files, async (directory) => {
    const path = join(directory, "config.json");
    const config = JSON.parse(await Deno.readTextFile(path));
    const named = {
      AutoModel: "modeling_custom.CustomModel",
      AutoConfig: "modeling_custom.Config",
    };
    await Deno.writeTextFile(path, JSON.stringify({ ...config, auto_map: named }));
    const texts = join(directory, "texts");
    await Deno.writeTextFile(texts, "a cat\n");
    const lines = await captureOutput(() => encode(["--model", directory, texts]));
    assertEquals(lines.trim().split("\n").length, 1);
    assert(!("wasRun" in globalThis));
  });
});
