/**
 * What a shell may complete: the commands, their flags and what follows those, as the help texts and
 * the records of the training arguments say.
 *
 * @module
 */
import { EVALUATOR_NAMES } from "../evaluators/names.ts";
import { LOSS_NAMES } from "../losses/names.ts";
import type { Field } from "../train/arguments/field.ts";
import { argumentFields } from "../train/arguments/fields.ts";
import { flagOf } from "../train/arguments/flags.ts";
import { type JsonSchema, jsonSchemaOf } from "../train/arguments/json_schema.ts";
import { helpText } from "./help.ts";
import { OWN_FLAGS } from "./run_inputs.ts";

/** The shells that there are completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What may be completed: one of these words, a file, a directory, or nothing that is known. */
export type Completion = readonly string[] | "file" | "directory" | "text";

/** A flag as a shell sees it. */
export interface CompletedFlag {
  /** As it is typed: `--max-steps`. */
  readonly flag: string;
  /** What it does, in a few words. */
  readonly doc: string;
  /** What its value may be; `null` where none follows. */
  readonly value: Completion | null;
}

/** A command as a shell sees it. */
export interface CompletedCommand {
  /** Its name. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly doc: string;
  /** Its flags. */
  readonly flags: readonly CompletedFlag[];
  /** What may follow that is no flag; `null` for nothing. */
  readonly operand: Completion | null;
}

/** Columns of the help texts that are read here, so that few lines break. */
const WIDTH = 100;

/** A flag in a help text: its name, the placeholder of its value, and what it does. */
const FLAG = /^ {2}(--[\w-]+)(?: ([A-Z[]\S*))? +(?!--)([^\s(].*)$/;

/** The values of flags whose placeholder does not tell them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "--loss": LOSS_NAMES,
  "--evaluator": EVALUATOR_NAMES,
  "--gradient-compression": ["fp16"],
};

/**
 * Lists what can be completed.
 *
 * @returns The commands in the order of the help text.
 */
export function completionSpec(): CompletedCommand[] {
  const overview = [...helpText(undefined, WIDTH).matchAll(/^ {2}([a-z]+) {2,}(.+)$/gm)];
  const operands: Readonly<Record<string, Completion>> = {
    encode: "file",
    losses: LOSS_NAMES,
    evaluators: EVALUATOR_NAMES,
    report: "directory",
    completions: SHELLS,
    help: overview.map(([, name]) => name),
  };
  return overview.map(([, name, doc]) => ({
    name,
    doc: brief(doc),
    flags: name === "train" ? trainFlags() : flagsOf(name),
    operand: operands[name] ?? null,
  }));
}

function trainFlags(): CompletedFlag[] {
  const own = new Set(Object.keys(OWN_FLAGS).map(flagOf));
  return [
    ...flagsOf("train").filter(({ flag }) => own.has(flag)),
    ...[...argumentFields].map(([name, field]) => argumentFlag(name, field)),
  ];
}

function flagsOf(command: string): CompletedFlag[] {
  const flags: CompletedFlag[] = [];
  const lines = helpText(command, WIDTH).split("\n");
  lines.forEach((line, i) => {
    const [, flag, placeholder, start] = FLAG.exec(line) ?? [];
    if (flag === undefined) return;
    const end = lines.findIndex((other, j) => j > i && !/^ {8}/.test(other));
    const doc = [start, ...lines.slice(i + 1, end).map((more) => more.trim())].join(" ");
    flags.push({ flag, doc: brief(doc), value: valueOf(flag, placeholder) });
  });
  return flags;
}

function valueOf(flag: string, placeholder: string | undefined): Completion | null {
  if (placeholder === undefined) return null;
  if (Object.hasOwn(NAMES, flag)) return NAMES[flag];
  if (placeholder.includes("FILE")) return "file";
  return /^(DIR|MODEL)$/.test(placeholder) ? "directory" : "text";
}

function argumentFlag(name: string, { schema, doc }: Field<unknown>): CompletedFlag {
  const words = [...new Set(wordsOf(jsonSchemaOf(schema)))];
  const value = words.length > 0 ? words : /_dir$/.test(name) ? "directory" : "text";
  return { flag: flagOf(name), doc: brief(doc), value };
}

/** The words that a type knows, without null. */
function wordsOf(schema: JsonSchema): string[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(wordsOf);
  if (schema.enum !== undefined) return schema.enum.filter((value) => value !== null).map(String);
  if (schema.items !== undefined) return wordsOf(schema.items);
  return [schema.type].flat().includes("boolean") ? ["true", "false"] : [];
}

/** The beginning of a description: what fits beside a flag. */
function brief(text: string): string {
  return text.split(/[;:.](?: |$)| \(/)[0];
}
