/**
 * Checks what is written for readers: every exported symbol and every module is documented, and no
 * file names a machine's folders or a host that the project does not cite.
 *
 * @module
 */
import { readRepository, report, ROOT } from "./repository.ts";

/** Hosts that may be linked to: papers, specifications, the local machine, reserved names. */
const CITED_HOSTS = new Set([
  "127.0.0.1",
  "aclanthology.org",
  "arxiv.org",
  "doi.org",
  "example.com",
  "huggingface.co",
  "json-schema.org",
  "localhost",
  "www.w3.org",
]);

const URL_HOST = /\bhttps?:\/\/([^\s\/:"'`()<>\[\]{}$\\|]+)/g;

/** Package registries, also without a protocol. */
const REGISTRY = new RegExp(
  [
    /registry\.npmjs\.org/,
    /npm\.jsr\.io/,
    /\bjsr\.io/,
    /deb\.debian\.org/,
    /archive\.ubuntu\.com/,
    /pypi\.org/,
    /files\.pythonhosted\.org/,
    /proxy\.golang\.org/,
    /crates\.io/,
  ].map(({ source }) => source).join("|"),
  "g",
);

const MACHINE_PATH = /(?<=^|[\s"'`(=:,])\/(?:(?:work|root|home|Users)(?![\w-])|tmp\/)/gm;

/**
 * Finds modules whose first comment does not describe them.
 *
 * @param files Text by path.
 * @returns One sentence for each.
 */
export function findUndescribedModules(files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([path, text]) => isModule(path) && !startsWithModuleDoc(text))
    .map(([path]) => `Cannot accept ${path}: its first comment must end in @module`);
}

function isModule(path: string): boolean {
  return /^((src|tools|std)\/.+|mod|cli)\.ts$/.test(path);
}

function startsWithModuleDoc(text: string): boolean {
  const comment = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  return comment !== undefined && /@module\s*$/.test(comment);
}

/**
 * Finds absolute paths of a machine, registries, and hosts that are not cited.
 *
 * @param files Text by path.
 * @returns One sentence for each.
 */
export function findForeignNames(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  for (const [path, text] of files) {
    const found = [
      ...[...text.matchAll(MACHINE_PATH)].map(({ 0: name, index }) => ({ name, index })),
      ...[...text.matchAll(REGISTRY)].map(({ 0: name, index }) => ({ name, index })),
      ...[...text.matchAll(URL_HOST)].filter(({ 1: host }) => !CITED_HOSTS.has(host))
        .map(({ 1: name, index }) => ({ name, index })),
    ];
    for (const { name, index } of found) {
      const line = text.slice(0, index).split("\n").length;
      problems.push(
        `Cannot accept ${path}:${line}: found ${JSON.stringify(name)}; name no folder of a ` +
          "machine and no host that is not cited",
      );
    }
  }
  return problems;
}

/**
 * Runs `deno doc --lint`.
 *
 * @param paths Modules, relative to the root.
 * @returns One line for each complaint: kind, message and place.
 */
export async function lintDocs(paths: string[]): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...paths],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const problems = parseDocLint(output, ROOT);
  if (!success && problems.length === 0) {
    throw new Error(`Cannot lint the documentation: ${output}`);
  }
  return problems;
}

/**
 * Takes the complaints out of what `deno doc --lint` prints.
 *
 * @param output Its output, without colours.
 * @param root Folder to take off the paths.
 * @returns One line for each.
 */
export function parseDocLint(output: string, root: string): string[] {
  return [...output.matchAll(/^error\[([\w-]+)\]: (.*)\n\s*--> (.*)$/gm)]
    .map(([, kind, message, place]) => `${place.replace(root, "")}: ${message} (${kind})`);
}

if (import.meta.main) {
  const files = await readRepository();
  const modules = [...files.keys()].filter(isModule);
  const sources = modules.filter((path) => path.startsWith("src/"));
  const inner = await lintDocs(sources);
  const problems = [
    ...await lintDocs(["mod.ts"]),
    // What a module keeps from the public face may mention types that it does not export.
    ...inner.filter((problem) => problem.endsWith("(missing-jsdoc)")),
    ...findUndescribedModules(files),
    ...findForeignNames(files),
  ];
  if (sources.length === 0) problems.push("Cannot check the docs: src/ holds no module");
  report(`Docs of ${modules.length} modules, ${files.size} files`, [...new Set(problems)]);
}
