/**
 * Plain-text tables with aligned columns.
 *
 * @module
 */

/** On which side of its column a cell stands. */
export type Alignment = "left" | "right";

/** How {@linkcode formatTable} lays a table out. */
export interface TableOptions {
  /** One alignment a column; where not given, the first column left and all others right. */
  readonly align?: readonly Alignment[];
  /** Decimals of the cells that are numbers; 4 where not given. */
  readonly digits?: number;
}

/**
 * Lays out a table: the header, a rule, the rows; two spaces between columns, no line break at the
 * end. Widths are counted in code points.
 *
 * @param header the names of the columns
 * @param rows one cell a column; numbers get fixed decimals, text stays as it is
 * @param options alignment and decimals
 * @throws {RangeError} where a row or the alignments are not as many as the columns
 *
 * @example
 * ```ts ignore
 * formatTable(["metric", "before", "after"], [["mrr@10", 0.091, 0.591]]);
 * // metric  before   after
 * // ------  ------  ------
 * // mrr@10  0.0910  0.5910
 * ```
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { align, digits = 4 }: TableOptions = {},
): string {
  const alignments = align ?? header.map((_, i): Alignment => i === 0 ? "left" : "right");
  checkCount("alignments", alignments.length, header.length);
  for (const row of rows) checkCount("cells in a row", row.length, header.length);
  const cells = rows.map((row) =>
    row.map((cell) => typeof cell === "number" ? cell.toFixed(digits) : cell)
  );
  const widths = header.map((_, column) =>
    Math.max(...[header, ...cells].map((row) => lengthOf(row[column])))
  );
  const layOut = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, widths[column], alignments[column])).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [header, rule, ...cells].map(layOut).join("\n");
}

function checkCount(what: string, found: number, columns: number): void {
  if (found !== columns) {
    throw new RangeError(
      `Cannot lay out a table of ${columns} columns: found ${found} ${what}, wanted ${columns}`,
    );
  }
}

function lengthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, alignment: Alignment): string {
  const space = " ".repeat(width - lengthOf(text));
  return alignment === "left" ? text + space : space + text;
}
