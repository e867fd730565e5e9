/**
 * Commands that show a page of the documentation.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { plainMarkdown } from "./plain_markdown.ts";
import { print } from "./print.ts";
import { readFlags } from "./read_flags.ts";

const WIDTH = 100;

/** What is shown. */
export interface Page {
  /** The command, for messages. */
  readonly command: string;
  /** What its sections are about, for messages. */
  readonly kind: string;
  /** Markdown: an overview, then a section for each name, as `## NAME`. */
  readonly page: string;
}

/**
 * Prints the overview, or the section of a name.
 *
 * @param tokens The command line after the command: nothing, or a name, in any case of letters, or a short name.
 * @param page What is shown.
 * @throws {UsageError} For a flag, an unknown name or more than one.
 */
export function showPage(tokens: readonly string[], { command, kind, page }: Page): void {
  const { rest: [name, ...more] } = readFlags(command, tokens, {});
  if (more.length > 0) {
    throw new UsageError(`Cannot read "${more[0]}": ${command} takes one name, or none`);
  }
  const [overview, ...sections] = page.split(/^## /m);
  const names = sections.map((section) => section.slice(0, section.indexOf("\n")));
  if (name === undefined) return show(overview);
  const at = names.findIndex((known, i) =>
    known.toLowerCase() === name.toLowerCase() ||
    sections[i].includes(`**Short name:** \`${name}\``)
  );
  if (at >= 0) return show(sections[at]);
  const guess = nearest(name, names);
  throw new UsageError(
    `Cannot show ${kind} "${name}": known are ${names.join(", ")}` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}

function show(text: string): void {
  print(`${plainMarkdown(text, WIDTH)}\n`);
}
