/**
 * The page of the losses.
 *
 * @module
 */
import { markdownTable } from "../src/io/markdown.ts";
import { LOSS_NAMES } from "../src/losses/names.ts";
import { type ClassDoc, readClassDocs } from "./class_docs.ts";

/** The parts of a loss's comment that follow what it optimises, in their order. */
const PARTS = ["Requirements", "Inputs", "Recommendations", "Relations", "Source"] as const;

type Part = typeof PARTS[number];

/** What the comment of a loss says. */
interface LossDoc {
  readonly name: string;
  /** What it optimises. */
  readonly summary: readonly string[];
  /** The blocks of each part; the first without the part's name. */
  readonly parts: Readonly<Record<Part, readonly string[]>>;
  readonly example: string;
  /** Columns and labels that it takes. */
  readonly inputs: readonly (readonly [columns: string, labels: string])[];
}

/** Different words of comments for the same columns. */
const SAME_COLUMNS: Readonly<Record<string, string>> = {
  "text": "one text",
  "first text, second text": "two texts",
};

const ONE_NEGATIVE = "anchor, positive, negative";
const NEGATIVES = "anchor, positive, negative_1, ..., negative_n";

/**
 * Writes the page of the losses out of the comments of their classes.
 *
 * @param names The losses. Default: all.
 * @param docs Their classes by name. Default: those of the repository.
 * @returns Markdown: which loss takes which columns, then a section a loss.
 * @throws {Error} If a comment lacks a part; the message names all that are missing.
 */
export function lossesPage(
  names: readonly string[] = LOSS_NAMES,
  docs: ReadonlyMap<string, ClassDoc> = readClassDocs("src/losses"),
): string {
  const problems: string[] = [];
  const losses = names.map((name) => lossDoc(name, docs.get(name)?.blocks ?? [], problems));
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return `# Losses

<!-- Written by tools/generate_docs.ts from the comments of the classes in src/losses/: change those. -->

Which loss for which columns. The order of text columns counts, not their names; labels are the column
\`label\` or \`score\`. Give a loss as \`--loss NAME\`, as \`--loss NAME:{"option": value}\`, or as the
trainer's \`loss\`. Where labels are not looked at, they may be there; the command line refuses them
only where no loss was chosen.

Columns and labels that do not fit are refused before training, with what was found and wanted, and
with the losses that fit. A batch in which there is nothing to compare (one row, or labels that are
all equal) has a loss without a gradient: 0, or the margin in the batch-hard family. An embedding
that is not a number makes the loss NaN.

${markdownTable(["columns", "labels", "losses"], rowsOf(losses))}

${losses.map(section).join("\n\n")}
`;
}

function lossDoc(name: string, blocks: readonly string[], problems: string[]): LossDoc {
  const summary: string[] = [];
  const parts: Record<Part, string[]> = {
    Requirements: [],
    Inputs: [],
    Recommendations: [],
    Relations: [],
    Source: [],
  };
  let [target, example] = [summary, ""];
  for (const block of blocks) {
    const part = PARTS.find((part) => block.startsWith(`${part}:`));
    if (block.startsWith("```")) {
      example = block;
      continue;
    }
    if (part !== undefined) target = parts[part];
    const text = part === undefined ? block : block.slice(part.length + 1).trim();
    if (text !== "") target.push(text);
  }
  const inputs = parts.Inputs.flatMap(tableRows);
  const missing = [
    ...(summary.length === 0 ? ["a paragraph that says what it optimises"] : []),
    ...PARTS.filter((part) => parts[part].length === 0).map((part) => `"${part}:"`),
    ...(parts.Inputs.length > 0 && inputs.length === 0 ? ["a table of columns and labels"] : []),
    ...(example === "" ? ["an example"] : []),
  ];
  problems.push(
    ...missing.map((part) => `Cannot document ${name}: the comment of its class lacks ${part}`),
  );
  return { name, summary, parts, example, inputs };
}

function tableRows(block: string): [string, string][] {
  if (!block.startsWith("|")) return [];
  return block.split("\n").slice(2).map((line) => {
    const [columns, labels] = line.slice(1, -1).split("|").map((cell) => cell.trim());
    return [columns, labels];
  });
}

/** Losses by columns and labels, those of fewer columns first. */
function rowsOf(losses: readonly LossDoc[]): string[][] {
  const found = new Map<string, { columns: string; labels: string; names: string[] }>();
  for (const { name, inputs } of losses) {
    for (const [columns, labels] of withOneNegative(inputs)) {
      const same = SAME_COLUMNS[columns] ?? columns.replaceAll("negative ", "negative_");
      const row = found.get(`${same}|${labels}`) ?? { columns: same, labels, names: [] };
      row.names.push(`\`${name}\``);
      found.set(`${same}|${labels}`, row);
    }
  }
  const rows = [...found.values()];
  const first = (columns: string) => rows.findIndex((row) => row.columns === columns);
  return rows.toSorted((a, b) =>
    rank(a.columns) - rank(b.columns) || first(a.columns) - first(b.columns)
  ).map(({ columns, labels, names }) => [columns, labels, names.join(", ")]);
}

/** Where any number of negatives will do, one does too. */
function withOneNegative(inputs: LossDoc["inputs"]): LossDoc["inputs"] {
  return inputs.flatMap(([columns, labels]): LossDoc["inputs"] => {
    const isNew = columns === NEGATIVES &&
      !inputs.some(([other, same]) => other === ONE_NEGATIVE && same === labels);
    return isNew ? [[ONE_NEGATIVE, labels], [columns, labels]] : [[columns, labels]];
  });
}

function rank(columns: string): number {
  if (/other loss|^any/.test(columns)) return 5;
  if (columns.includes("...")) return 4;
  return columns === "two texts" ? 2 : columns.split(",").length;
}

function section({ name, summary, parts, example }: LossDoc): string {
  const blocks = PARTS.flatMap((part) => {
    const [first, ...rest] = parts[part];
    const head = first.startsWith("|") ? [`**${part}:**`, first] : [`**${part}:** ${first}`];
    return part === "Source" ? [example.replace(/^```.*/, "```ts"), ...head, ...rest] : [
      ...head,
      ...rest,
    ];
  });
  return [`## ${name}`, ...summary, ...blocks].join("\n\n");
}
