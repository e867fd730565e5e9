/**
 * The blocks of code in pages, and what a test does with each.
 *
 * - `sh`: every command is run as {@linkcode file://./commands.ts} says. With `no-run` after it, a colon
 *   and a reason, it is not.
 * - `ts`: a whole program, which is type-checked and run. With `ignore` or `no-run` it is neither.
 * - `json`: a configuration of `train`, which is read as one; with `data` after it just JSON.
 * - `jsonl`: rows, which are parsed. With a file's name after it, they are that file for what follows.
 * - `text`, `python` and others: shown, nothing is done with them.
 *
 * @module
 */
import { join } from "@std/path";
import { ROOT } from "../../tools/repository.ts";

/** A block of code. */
export interface Snippet {
  /** The page, relative to the root. */
  readonly page: string;
  /** Its first line in the page, from 1. */
  readonly line: number;
  /** What follows the fence: `sh`. */
  readonly language: string;
  /** What follows that, or "". */
  readonly info: string;
  /** The code. */
  readonly text: string;
}

const FENCE = /^( *)```(\w*)([^\n]*)\n([\s\S]*?)^\1```$/gm;

/** Whether a page asks that a block be left alone. */
export function isMarked({ info }: Snippet): boolean {
  return /^(no-run: \S|ignore$)/.test(info);
}

/**
 * Takes the blocks out of a page. A page of examples/ begins with a command in back quotes.
 *
 * @param page Its path.
 * @param text Its text.
 * @returns Blocks in their order.
 */
export function snippetsOf(page: string, text: string): Snippet[] {
  const first = /^`([^`]+)`\n/.exec(text)?.[1];
  const opening = first === undefined ? [] : [{
    page,
    line: 1,
    language: "sh",
    info: "",
    text: first,
  }];
  return [
    ...opening,
    ...[...text.matchAll(FENCE)].map(({ index, 2: language, 3: info, 4: code }) => ({
      page,
      line: text.slice(0, index).split("\n").length,
      language,
      info: info.trim(),
      text: code,
    })),
  ];
}

/**
 * The pages for users: README.md, docs/ and examples/.
 *
 * @returns Texts by path, in alphabetical order.
 */
export async function readPages(): Promise<Map<string, string>> {
  const paths = ["README.md"];
  for (const folder of ["docs", "examples"]) {
    for await (const { name } of Deno.readDir(join(ROOT, folder))) {
      if (name.endsWith(".md")) paths.push(`${folder}/${name}`);
    }
  }
  const pages = new Map<string, string>();
  for (const path of paths.sort()) pages.set(path, await Deno.readTextFile(join(ROOT, path)));
  return pages;
}
