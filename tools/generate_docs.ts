/**
 * Writes what follows from the records of the training arguments, `docs/arguments.md` and
 * `schemas/training_arguments.schema.json`, and from the comments of losses and evaluators,
 * `docs/losses.md` and `docs/evaluators.md`. With `--check` it writes nothing, and fails where one of
 * them is not what it would write.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { EVALUATOR_NAMES } from "../src/evaluators/names.ts";
import { LOSS_NAMES } from "../src/losses/names.ts";
import type { Field, Support } from "../src/train/arguments/field.ts";
import {
  type ArgumentGroup,
  argumentGroups,
  argumentNames,
} from "../src/train/arguments/fields.ts";
import { flagOf } from "../src/train/arguments/flags.ts";
import { argumentsJsonSchema } from "../src/train/arguments/json_schema.ts";
import { wanted } from "../src/train/arguments/wanted.ts";
import { evaluatorsPage } from "./evaluators_page.ts";
import { lossesPage } from "./losses_page.ts";
import { report, ROOT } from "./repository.ts";

/** The title of the group whose arguments the count of upstream's leaves out. */
const LATER = "Later arguments";

const KINDS: readonly (readonly [Support<unknown>["kind"], string, string])[] = [
  ["effect", "honoured", "every value of the type has its effect"],
  ["partly", "partly", "some values are honoured, the others refused"],
  ["alias", "alias", "an older name: the value goes to another argument, with a warning"],
  ["refused", "refused", "only the default is accepted"],
  ["inert", "inert", "any value is accepted and none changes anything, as upstream"],
];

/**
 * Writes the documentation of the arguments.
 *
 * @param groups The arguments.
 * @returns Markdown: counts, then a table a group.
 */
export function argumentsPage(groups: readonly ArgumentGroup[] = argumentGroups): string {
  const later = groups.filter(({ title }) => title === LATER);
  const seed = groups.filter(({ title }) => title !== LATER);
  const counts = KINDS.map(([kind, label, meaning]) =>
    row([label, `${countOf(seed, kind)}`, `${countOf(later, kind)}`, meaning])
  );
  const [seedTotal, laterTotal] = [seed, later].map((some) => `${countOf(some)}`);
  return `# Training arguments

<!-- Written by tools/generate_docs.ts from src/train/arguments/fields/: change those. -->

The ${seedTotal} arguments of \`SentenceTransformerTrainingArguments\` upstream, and ${laterTotal} that later versions
added. An argument is a property in camelCase (\`numTrainEpochs\`), a key of a JSON configuration in
snake_case (\`num_train_epochs\`) and a flag of \`train\` (\`--num-train-epochs\`, or with \`_\`).
\`schemas/training_arguments.schema.json\` lets editors complete and check a configuration.

A value that is not honoured is an error. With \`--lenient\`, or \`{ lenient: true }\`, it is a warning,
and the argument keeps its default: so a configuration written for the original runs unchanged.

${
    table(["support", "of upstream", "later", "meaning"], [
      ...counts,
      row(["all", seedTotal, laterTotal, ""]),
    ])
  }

${groups.map(section).join("\n\n")}
`;
}

function countOf(groups: readonly ArgumentGroup[], kind?: string): number {
  return groups.flatMap(({ fields }) => Object.values(fields))
    .filter(({ support }) => kind === undefined || support.kind === kind).length;
}

function section({ title, fields }: ArgumentGroup): string {
  const head = ["name", "flag", "type", "unit", "default", "what it does", "support"];
  const rows = Object.entries(fields).map(([name, field]) => row(cellsOf(name, field)));
  return `## ${title}\n\n${table(head, rows)}`;
}

function cellsOf(name: string, field: Field<unknown>): string[] {
  return [
    `\`${name}\``,
    `\`${flagOf(name)}\``,
    wanted(field.schema),
    field.unit ?? "",
    `\`${JSON.stringify(field.default)}\``,
    field.doc,
    supportCell(field.support),
  ];
}

function supportCell(support: Support<unknown>): string {
  switch (support.kind) {
    case "effect":
      return "honoured";
    case "partly": {
      const values = support.values.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
      return `partly: ${values}. The rest is refused: ${support.reason}; ${support.instead}`;
    }
    case "alias":
      return `alias: sets \`${support.of}\`${"as" in support ? ` to \`${support.as}\`` : ""}`;
    case "refused":
      return `refused: ${support.reason}; ${support.instead}`;
    case "inert":
      return `inert: ${support.note}`;
  }
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/**
 * What is generated.
 *
 * @returns Text by path, relative to the root.
 */
export function generatedFiles(): Map<string, string> {
  return new Map([
    ["docs/arguments.md", argumentsPage()],
    ["docs/losses.md", lossesPage()],
    ["docs/evaluators.md", evaluatorsPage()],
    [
      "schemas/training_arguments.schema.json",
      `${JSON.stringify(argumentsJsonSchema(), null, 2)}\n`,
    ],
  ]);
}

/**
 * Finds generated files that are missing or not up to date.
 *
 * @param folder Where they are.
 * @returns One sentence for each.
 */
export async function findStaleFiles(folder: string = ROOT): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, text] of generatedFiles()) {
    const found = await Deno.readTextFile(join(folder, path)).catch(() => null);
    if (found !== text) {
      problems.push(
        `Cannot accept ${path}: it is ${found === null ? "missing" : "not up to date"}; run the ` +
          "task generate",
      );
    }
  }
  return problems;
}

/**
 * Writes the generated files.
 *
 * @param folder Where to.
 */
export async function writeGeneratedFiles(folder: string = ROOT): Promise<void> {
  for (const [path, text] of generatedFiles()) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}

if (import.meta.main) {
  const checks = Deno.args.includes("--check");
  if (!checks) await writeGeneratedFiles();
  report(
    `Documentation of ${argumentNames.length} arguments, ${LOSS_NAMES.length} losses, ${EVALUATOR_NAMES.length} evaluators`,
    checks ? await findStaleFiles() : [],
  );
}
