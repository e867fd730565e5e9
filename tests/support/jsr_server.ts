/**
 * A registry on localhost that serves this package as JSR would after `deno publish`, and what stands in
 * for @std.
 *
 * @module
 */
import { join } from "@std/path";
import manifest from "../../deno.json" with { type: "json" };
import { ROOT } from "../../tools/repository.ts";

/** A package as the registry knows it. */
export interface ServedPackage {
  /** `@scope/name`. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Modules by the names of exports, such as `.` and `./losses`. */
  readonly exports: Readonly<Record<string, string>>;
  /** Contents by path, which begins with a slash. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * The files that `deno publish` would take, with imports as it writes them: full specifiers in place of
 * names of the import map.
 *
 * @returns The package.
 */
export async function packedPackage(): Promise<ServedPackage> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(output);
  const paths = [...output.matchAll(/^\s+file:\/\/(\S+) \(/gm)].map(([, path]) =>
    decodeURIComponent(path).slice(ROOT.length)
  );
  return await served(ROOT, { ...manifest, paths });
}

/**
 * The workspace members that stand in for @std.
 *
 * @returns The packages.
 */
export async function standIns(): Promise<ServedPackage[]> {
  return await Promise.all(manifest.workspace.map(async (member) => {
    const folder = join(ROOT, member);
    const { name, version, exports } = JSON.parse(
      await Deno.readTextFile(join(folder, "deno.json")),
    );
    const paths = [...Deno.readDirSync(folder)].map((entry) => entry.name);
    return await served(folder, { name, version, exports, paths });
  }));
}

/**
 * Serves packages until it is aborted.
 *
 * @param packages What there is.
 * @param signal Ends the server.
 * @returns The value of `JSR_URL`, and every path that was asked for.
 */
export async function serveJsr(
  packages: readonly ServedPackage[],
  signal: AbortSignal,
): Promise<{ url: string; asked: Set<string> }> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  for (const { name, version, exports, files: contents } of packages) {
    const [scope, short] = name.slice(1).split("/");
    files.set(
      `/${name}/meta.json`,
      json({ scope, name: short, latest: version, versions: { [version]: {} } }),
    );
    const listed: Record<string, { size: number; checksum: string }> = {};
    for (const [path, content] of contents) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
      listed[path] = { size: content.length, checksum: `sha256-${digest.toHex()}` };
    }
    files.set(`/${name}/${version}_meta.json`, json({ manifest: listed, exports }));
    for (const [path, content] of contents) files.set(`/${name}/${version}${path}`, content);
  }
  const asked = new Set<string>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal, onListen() {} },
    (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      asked.add(path);
      const content = files.get(path);
      if (content === undefined) return new Response(null, { status: 404 });
      const types: Record<string, string> = { ts: "text/typescript", json: "application/json" };
      const type = types[path.split(".").at(-1)!] ?? "text/plain";
      return new Response(content, { headers: { "content-type": type } });
    },
  );
  return { url: `http://127.0.0.1:${server.addr.port}`, asked };
}

async function served(
  folder: string,
  { name, version, exports, paths }: {
    name: string;
    version: string;
    exports: string | Readonly<Record<string, string>>;
    paths: readonly string[];
  },
): Promise<ServedPackage> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of paths) {
    const content = await Deno.readFile(join(folder, path));
    files.set(`/${path}`, path.endsWith(".ts") ? withFullSpecifiers(content) : content);
  }
  const named = typeof exports === "string" ? { ".": exports } : exports;
  return { name, version, exports: named, files };
}

function withFullSpecifiers(content: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(content);
  const full = text.replace(
    /(\bfrom |\bimport |\bimport\(|\bimport\.meta\.resolve\()"([^"\n]+)"/g,
    (_match, head, specifier) => `${head}"${fullSpecifier(specifier)}"`,
  );
  return new TextEncoder().encode(full);
}

function fullSpecifier(specifier: string): string {
  for (const [name, target] of Object.entries(manifest.imports)) {
    if (specifier === name) return target;
    if (name.endsWith("/") && specifier.startsWith(name)) {
      return target.replace("npm:/", "npm:") + specifier.slice(name.length);
    }
    if (specifier.startsWith(`${name}/`)) return target + specifier.slice(name.length);
  }
  return specifier;
}
