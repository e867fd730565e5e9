/**
 * Checks that imports run downwards only: a module may import its own room and rooms of lower layers; and
 * that the core knows no runtime.
 *
 * @module
 */
import { toFileUrl } from "@std/path";
import { readRepository, report, ROOT } from "./repository.ts";

/** One import; both paths are relative to the root of the repository. */
export interface Import {
  /** The importing module. */
  from: string;
  /** The imported module. */
  to: string;
}

/** The module graph of the repository's own files. */
export interface ModuleGraph {
  /** Paths of all modules seen. */
  modules: string[];
  /** All imports, of types and dynamic ones too. */
  imports: Import[];
}

/** Rooms by layer, the lowest first; a room is a file or, ending in a slash, a folder. */
export const LAYERS: readonly (readonly string[])[] = [
  [
    "src/errors.ts",
    "src/host/",
    "src/nearest.ts",
    "src/version.ts",
  ],
  [
    "src/spec.ts",
    "src/schedules/",
    "src/reporters/",
    "src/gpu/",
    "src/data/",
    "src/evaluators/",
    "src/distributed/",
  ],
  ["src/ops/", "src/optim/", "src/io/"],
  ["src/nn/", "src/losses/", "src/hub/"],
  ["src/models/"],
  ["src/train/", "src/export/"],
  ["src/cli/", "mod.ts"],
  ["cli.ts"],
];

/** What may name Deno and modules of Node; all other modules of `src/` ask `src/host/`. */
const KNOW_THE_RUNTIME = ["src/cli/", "src/distributed/", "src/host/deno_host.ts"];

/** What every layer may import. */
const BELOW_ALL = ["std/", "shaders/", "docs/", "deno.json"];

/**
 * Reads the module graph below the given modules, as `deno info` sees it.
 *
 * @param entries Paths relative to the root.
 * @returns The graph, without packages.
 */
export async function readModuleGraph(entries: string[]): Promise<ModuleGraph> {
  const root = toFileUrl(ROOT).href;
  // One made-up module imports every entry: `deno info` takes a single module.
  const source = entries.map((path) => `import ${JSON.stringify(root + path)};`).join("");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:application/typescript,${encodeURIComponent(source)}`],
    cwd: ROOT,
  }).output();
  if (!success) {
    throw new Error(`Cannot read the module graph: ${new TextDecoder().decode(stderr)}`);
  }
  return parseModuleGraph(new TextDecoder().decode(stdout), root);
}

interface Info {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

/**
 * Takes the repository's own modules out of the output of `deno info --json`.
 *
 * @param json The output.
 * @param root URL of the repository, with a slash at its end.
 * @returns The graph.
 */
export function parseModuleGraph(json: string, root: string): ModuleGraph {
  const modules: string[] = [];
  const imports: Import[] = [];
  for (const { specifier, error, dependencies = [] } of (JSON.parse(json) as Info).modules) {
    if (!specifier.startsWith(root)) continue;
    if (error !== undefined) throw new Error(`Cannot load ${specifier}: ${error}`);
    const from = specifier.slice(root.length);
    modules.push(from);
    for (const { code, type } of dependencies) {
      const target = code?.specifier ?? type?.specifier;
      if (target?.startsWith(root)) imports.push({ from, to: target.slice(root.length) });
    }
  }
  return { modules, imports };
}

/**
 * Finds imports that are not downwards.
 *
 * @param imports Imports between the repository's own files.
 * @returns One sentence for each.
 */
export function findUpwardImports(imports: Import[]): string[] {
  return imports.filter((each) => !isAllowed(each)).map(({ from, to }) =>
    `Cannot import ${to} from ${from}: found layer ${describeLayer(from)} importing ` +
    `layer ${describeLayer(to)}; import only from the same room or a lower layer`
  );
}

/**
 * Finds where a module of the core names the runtime.
 *
 * @param path Its path.
 * @param text Its text; comments do not count.
 * @returns One sentence for each line.
 */
export function findRuntimeNames(path: string, text: string): string[] {
  if (!path.startsWith("src/") || KNOW_THE_RUNTIME.some((room) => path.startsWith(room))) return [];
  const blank = (comment: string) => comment.replaceAll(/[^\n]/g, " ");
  const code = text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/g, blank);
  return code.split("\n").flatMap((line, i) => {
    const [name] = /(?<!["'`\w.])Deno(?=\.|\[)|["']node:\w+/.exec(line) ?? [];
    if (name === undefined) return [];
    return [`Cannot name ${name.replace(/^["']/, "")} in ${path}, line ${i + 1}: ask src/host/`];
  });
}

function isAllowed({ from, to }: Import): boolean {
  if (from.startsWith("tests/reference/")) return !to.startsWith("src/");
  const [importer, imported] = [findRoom(from), findRoom(to)];
  if (importer === undefined || BELOW_ALL.some((room) => to.startsWith(room))) return true;
  if (imported === undefined) return false;
  return importer.room === imported.room || imported.layer < importer.layer;
}

function findRoom(path: string): { layer: number; room: string } | undefined {
  for (const [layer, rooms] of LAYERS.entries()) {
    const room = rooms.find((room) => room.endsWith("/") ? path.startsWith(room) : path === room);
    if (room !== undefined) return { layer, room };
  }
  return undefined;
}

function describeLayer(path: string): string {
  return `${findRoom(path)?.layer ?? "none"}`;
}

if (import.meta.main) {
  const files = await readRepository();
  const paths = [...files.keys()].filter((path) => path.endsWith(".ts"));
  const sources = paths.filter((path) => path.startsWith("src/"));
  const references = paths.filter((path) => /^tests\/reference\/.*(?<!_test)\.ts$/.test(path));
  const graph = await readModuleGraph(["mod.ts", "cli.ts", ...sources, ...references]);
  const problems = [
    ...findUpwardImports(graph.imports),
    ...sources.flatMap((path) => findRuntimeNames(path, files.get(path)!)),
  ];
  const seen = new Set(graph.modules);
  for (const path of [...sources, ...references]) {
    if (!seen.has(path)) problems.push(`Cannot check ${path}: it is not in the module graph`);
  }
  for (const path of sources) {
    if (findRoom(path) === undefined) {
      problems.push(`Cannot place ${path}: its folder has no layer; add it to LAYERS`);
    }
  }
  if (sources.length === 0) problems.push("Cannot check the layers: src/ holds no module");
  report(`Layers of ${seen.size} modules, ${graph.imports.length} imports`, problems);
}
