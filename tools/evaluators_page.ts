/**
 * The page of the evaluators.
 *
 * @module
 */
import { join } from "@std/path";
import { EVALUATOR_NAMES } from "../src/evaluators/names.ts";
import { markdownTable } from "../src/io/markdown.ts";
import { type ClassDoc, functionComment, readClassDocs } from "./class_docs.ts";
import { ROOT } from "./repository.ts";

/** What is told of an evaluator. */
interface EvaluatorDoc {
  readonly name: string;
  /** Its short name. */
  readonly short: string;
  /** Paragraphs; the first says what it measures. */
  readonly blocks: readonly string[];
  /** The metric that decides which checkpoint is best. */
  readonly primary: string;
  /** What it takes of a dataset. */
  readonly takes: string;
  /** What the names of its CSV files begin with. */
  readonly file: string;
}

/** Where the comments are. */
export interface EvaluatorSources {
  /** Classes by name. */
  readonly docs: ReadonlyMap<string, ClassDoc>;
  /** The module whose `createEvaluator` says what each takes. */
  readonly names: string;
}

/**
 * Writes the page of the evaluators out of the comments of their classes, and of `createEvaluator`.
 *
 * @param names The evaluators. Default: all.
 * @param sources Where the comments are. Default: those of the repository.
 * @returns Markdown: a table, then a section an evaluator.
 * @throws {Error} If something is missing of one; the message names all that is.
 */
export function evaluatorsPage(
  names: readonly string[] = EVALUATOR_NAMES,
  sources: EvaluatorSources = ownSources(),
): string {
  const problems: string[] = [];
  const inputs = inputsOf(functionComment(sources.names, "createEvaluator"));
  const docs = names.map((name) =>
    evaluatorDoc(name, { doc: sources.docs.get(name), inputs: inputs.get(name), problems })
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const rows = docs.map(({ name, short, blocks, primary }) => [
    `\`${name}\``,
    `\`${short}\``,
    oneLine(blocks[0]),
    primary,
  ]);
  return `# Evaluators

<!-- Written by tools/generate_docs.ts from the comments in src/evaluators/: change those. -->

What evaluators measure. Give one as \`--evaluator NAME\` or \`--evaluator NAME:{"option": value}\`, with
its name or its short name. A metric is called by the evaluator's own \`name\` and the key, with \`eval_\`
before it in logs; the primary one may choose the best checkpoint. Rows are added to CSV files in
\`eval/\`.

${markdownTable(["name", "short name", "measures", "primary metric"], rows)}

${docs.map(section).join("\n\n")}
`;
}

function ownSources(): EvaluatorSources {
  return {
    docs: readClassDocs("src/evaluators"),
    names: Deno.readTextFileSync(join(ROOT, "src/evaluators/names.ts")),
  };
}

/** What follows "takes" in the list of a comment, by evaluator, and the short name. */
function inputsOf(blocks: readonly string[]): Map<string, { short: string; takes: string }> {
  const items = blocks.filter((block) => block.startsWith("- ")).join("\n").split(/^- /m);
  return new Map(
    items.map(oneLine).flatMap((item) => {
      const [, name, short, takes] = /^`(\w+)` \(`(\w+)`\) takes (.*)$/.exec(item) ?? [];
      return name === undefined ? [] : [[name, { short, takes: takes.replace(/\.?$/, ".") }]];
    }),
  );
}

function evaluatorDoc(
  name: string,
  { doc, inputs, problems }: {
    doc: ClassDoc | undefined;
    inputs: { short: string; takes: string } | undefined;
    problems: string[];
  },
): EvaluatorDoc {
  const blocks = doc?.blocks ?? [];
  const primary = primaryOf(blocks.map(oneLine).join(" "));
  const file = /csvFile = (?:csvFileName\("|`)(\w[\w-]*?)_?["$]/.exec(doc?.source ?? "")?.[1];
  const missing = [
    ...(blocks.length === 0 ? ["the comment of its class"] : []),
    ...(primary === "" ? ['its primary metric, as "primary: `key`" in the comment'] : []),
    ...(file === undefined ? ["the name of its CSV file in the constructor"] : []),
    ...(inputs === undefined ? ["a line in the comment of createEvaluator"] : []),
  ];
  problems.push(...missing.map((part) => `Cannot document ${name}: found no ${part}`));
  return { name, blocks, primary, file: file ?? "", short: "", takes: "", ...inputs };
}

/** A name in code, or what else stands there up to the end of the sentence. */
function primaryOf(text: string): string {
  const [, listed, single] = /primary: ([^.;]+)|(`[^`]+`), which is (?:also )?primary/.exec(text) ??
    [];
  return listed ?? single ?? "";
}

function section({ name, short, blocks, takes, file }: EvaluatorDoc): string {
  return [
    `## ${name}`,
    ...blocks.slice(0, -1),
    `**Takes** ${takes}`,
    `**Short name:** \`${short}\`; its CSV files begin with \`${file}\`.`,
    ...blocks.slice(-1),
  ].join("\n\n");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
