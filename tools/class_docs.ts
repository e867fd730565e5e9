/**
 * The documentation of classes, out of their source.
 *
 * @module
 */
import { join } from "@std/path";
import { ROOT } from "./repository.ts";

/** A class as its module has it. */
export interface ClassDoc {
  /** Its comment in paragraphs, code blocks and tables, each of one line or several. */
  readonly blocks: readonly string[];
  /** The text of its module. */
  readonly source: string;
}

/**
 * Reads the comments of the exported classes of a folder.
 *
 * @param folder Path relative to the root of the repository.
 * @returns The classes by name.
 */
export function readClassDocs(folder: string): Map<string, ClassDoc> {
  const docs = new Map<string, ClassDoc>();
  for (const { name } of Deno.readDirSync(join(ROOT, folder))) {
    if (!name.endsWith(".ts")) continue;
    const source = Deno.readTextFileSync(join(ROOT, folder, name));
    for (const [className, blocks] of classComments(source)) {
      docs.set(className, { blocks, source });
    }
  }
  return docs;
}

/**
 * Finds the comments of exported classes.
 *
 * @param source The text of a module.
 * @returns The blocks of each comment by the name of its class; links are names in code.
 */
export function classComments(source: string): Map<string, string[]> {
  const pattern = /\/\*\*\n((?: \*.*\n)*?) \*\/\nexport (?:abstract )?class (\w+)/g;
  return new Map(
    [...source.matchAll(pattern)].map(([, comment, name]) => [name, blocksOf(plain(comment))]),
  );
}

/**
 * Finds the comment of an exported function.
 *
 * @param source The text of a module.
 * @param name The function.
 * @returns The blocks of the comment; none where there is no such function.
 */
export function functionComment(source: string, name: string): string[] {
  const pattern = new RegExp(`/\\*\\*\\n((?: \\*.*\\n)*?) \\*/\\nexport function ${name}\\b`);
  return blocksOf(plain(pattern.exec(source)?.[1] ?? ""));
}

function plain(comment: string): string {
  return comment.replaceAll(/^ \* ?/gm, "").replaceAll(/\{@link(?:code)? ([^}]+)\}/g, "`$1`");
}

/** Blank lines separate blocks, but not within a fence. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let [open, fenced] = [false, false];
  for (const line of text.trimEnd().split("\n")) {
    const isBlank = line.trim() === "" && !fenced;
    if (isBlank) open = false;
    else if (open) blocks[blocks.length - 1] += `\n${line}`;
    else {
      blocks.push(line);
      open = true;
    }
    if (line.startsWith("```")) fenced = !fenced;
  }
  return blocks;
}
