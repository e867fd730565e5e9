/**
 * Markdown for a terminal.
 *
 * @module
 */

/**
 * Writes a page of the documentation as plain text: headings, tables and code without markup.
 *
 * @param text Markdown of headings, comments, paragraphs, lists, tables and code.
 * @param width Columns of a line; a longer word, and code, stay whole.
 * @returns The text, without a line break at its end.
 */
export function plainMarkdown(text: string, width: number): string {
  const pieces = text.split(/^(```[^]*?^```)$/m);
  const blocks = pieces.flatMap((piece) =>
    piece.startsWith("```") ? [piece] : piece.split(/\n{2,}/)
  );
  return blocks.map((block) => block.trim())
    .filter((block) => block !== "" && !block.startsWith("<!--"))
    .map((block) => plainBlock(block, width)).join("\n\n");
}

function plainBlock(block: string, width: number): string {
  if (block.startsWith("|")) return plainTable(block, width);
  if (block.startsWith("```")) {
    return block.split("\n").slice(1, -1).map((line) => `  ${line}`.trimEnd()).join("\n");
  }
  return block.replace(/^#+ /, "").split(/\n(?=- )/)
    .flatMap((item) => wrapped(unmarked(item), width)).join("\n");
}

/** Columns side by side where they are narrow enough, otherwise rows one below the other. */
function plainTable(block: string, width: number): string {
  const [head, , ...rows] = block.split("\n").map((line) =>
    line.slice(1, -1).split("|").map((cell) => unmarked(cell.trim()))
  );
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((cells) => cells[i].length)));
  if (widths.reduce((sum, each) => sum + each + 2, 0) <= width) {
    return [head, ...rows].map((cells) =>
      `  ${cells.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd()
    ).join("\n");
  }
  const label = Math.max(...head.map(({ length }) => length)) + 2;
  return rows.map((cells) =>
    cells.flatMap((cell, i) =>
      wrapped(cell, width - label).map((line, j) => (j === 0 ? head[i] : "").padEnd(label) + line)
    ).join("\n")
  ).join("\n\n");
}

function unmarked(text: string): string {
  return text.replaceAll(/`|\*\*/g, "");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
