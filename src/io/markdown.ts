/**
 * The few pieces of Markdown and YAML that a model card is made of.
 *
 * @module
 */
import { isJsonObject } from "./json.ts";

/** Characters of a text that a table cell shows. */
const LONGEST_CELL = 500;

/**
 * Draws a Markdown table.
 *
 * @param header Titles of the columns.
 * @param rows Cells, already escaped; as many a row as there are titles.
 * @returns Lines without a final break.
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = header.map(() => ":---");
  return [header, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * Shows a text in a table cell as it is: on one line, without any character acting as markup.
 *
 * @param text Any text; it is cut after 500 characters.
 * @returns The cell.
 */
export function codeCell(text: string): string {
  const characters = [...text];
  const shown = characters.length > LONGEST_CELL
    ? characters.slice(0, LONGEST_CELL).join("") + "…"
    : text;
  const escaped = shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll("|", "&#124;").replaceAll(/\s*[\r\n]+\s*/g, " ");
  return `<code>${escaped}</code>`;
}

/**
 * Draws a fenced code block, with a fence longer than any inside of it.
 *
 * @param language Name of the language, or "".
 * @param code The code.
 * @returns Lines without a final break.
 */
export function codeBlock(language: string, code: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code.trimEnd()}\n${fence}`;
}

/**
 * Spells an object as the YAML that opens a Markdown file.
 *
 * @param value A JSON object; keys whose value is undefined, null or an empty list are left out.
 * @returns The lines from "---" to "---", without a final break.
 */
export function frontMatter(value: Readonly<Record<string, unknown>>): string {
  return ["---", ...yamlLines(value), "---"].join("\n");
}

function yamlLines(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined || item === null) return [];
    if (isJsonObject(item)) return [`${key}:`, ...indent(yamlLines(item))];
    if (!Array.isArray(item)) return [`${key}: ${yamlScalar(item)}`];
    return item.length === 0 ? [] : [`${key}:`, ...item.flatMap(yamlItem)];
  });
}

function yamlItem(item: unknown): string[] {
  if (!isJsonObject(item)) return [`- ${yamlScalar(item)}`];
  const [first, ...rest] = yamlLines(item);
  return [`- ${first}`, ...indent(rest)];
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A plain scalar where that can mean nothing but the text itself, else a JSON string. */
function yamlScalar(value: unknown): string {
  // YAML 1.1 takes 1e-7 for text.
  if (typeof value === "number") return String(value).replace(/^(-?\d+)e/, "$1.0e");
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w./@+-]*(?:[ :][\w./@+-]+)*$/.test(value) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
