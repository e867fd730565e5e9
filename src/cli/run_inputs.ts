/**
 * What `train` and `evaluate` read besides training arguments: flags and the configuration file.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { readDataset } from "../data/read_dataset.ts";
import { InputError, UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { createEvaluator } from "../evaluators/names.ts";
import { nearest } from "../nearest.ts";
import { parseSpec } from "../spec.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { type OwnFlag, parseFlags } from "../train/arguments/flags.ts";
import { readArguments } from "../train/arguments/read_arguments.ts";

/** The flags that are no training arguments. */
export const OWN_FLAGS = {
  model: { takes: "text" },
  "train-dataset": { takes: "text" },
  "eval-dataset": { takes: "text" },
  columns: { takes: "text" },
  loss: { takes: "text" },
  evaluator: { takes: "text" },
  config: { takes: "text" },
  "max-seq-length": { takes: "text" },
} as const satisfies Record<string, OwnFlag>;

type OwnName = Exclude<keyof typeof OWN_FLAGS, "config">;

/** What a command line and its configuration file say. */
export interface RunInputs {
  /** Values of the flags that are no training arguments; a list each. */
  readonly own: ReadonlyMap<OwnName, readonly string[]>;
  /** The training arguments that were given. */
  readonly args: Partial<ArgumentValues>;
}

/**
 * Reads flags and the configuration file that they name; flags win.
 *
 * The file is a JSON object with training arguments under their upstream names and the other flags in
 * snake_case, a text or a list of texts.
 *
 * @param tokens The command line after the command.
 * @returns What they say.
 * @throws {UsageError} For an unknown flag or key, or a value without sense.
 */
export async function readRunInputs(tokens: readonly string[]): Promise<RunInputs> {
  const flags = parseFlags(tokens, OWN_FLAGS);
  const own = new Map<OwnName, readonly string[]>();
  let args: Partial<ArgumentValues> = {};
  const file = flags.own.get("config")?.at(-1);
  if (file !== undefined) {
    const rest: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(await readConfig(file))) {
      const name = key.replaceAll("_", "-") as OwnName;
      if (!Object.hasOwn(OWN_FLAGS, name)) rest[key] = value;
      else own.set(name, textsOf(file, key, value));
    }
    args = readArguments(rest);
  }
  for (const [name, values] of flags.own) {
    if (name !== "config") own.set(name as OwnName, values);
  }
  return { own, args: { ...args, ...flags.arguments } };
}

async function readConfig(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new InputError(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  throw new UsageError(`Cannot read ${file}: found no JSON object`);
}

function textsOf(file: string, key: string, value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === "string") return item;
    if (typeof item === "number") return String(item);
    throw new UsageError(
      `Cannot read ${file}: ${key} is ${JSON.stringify(value)}, wanted a text or a list of texts`,
    );
  });
}

/**
 * Reads the datasets of one flag.
 *
 * @param files `FILE` or `name=FILE` each.
 * @param columns The value of `--columns`, or undefined.
 * @returns Datasets in the order of the flags.
 * @throws {InputError} If a file cannot be read or has no such columns.
 */
export async function readDatasets(
  files: readonly string[],
  columns: string | undefined,
): Promise<Dataset[]> {
  const map = columns === undefined ? undefined : parseColumns(columns);
  const datasets: Dataset[] = [];
  for (const text of files) {
    const [, name, file] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text)!;
    datasets.push(await readDataset(file, { name, columns: map }));
  }
  return datasets;
}

/** `anchor=question,positive=answer` as an object. */
function parseColumns(text: string): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const [name, source = name] = pair.split("=").map((part) => part.trim());
    if (name === "" || source === "") {
      throw new UsageError(
        `Cannot read --columns "${text}": found "${pair}", wanted such as anchor=question,positive=answer`,
      );
    }
    columns[name] = source;
  }
  return columns;
}

/**
 * Creates the evaluators of a command line, each over each dataset.
 *
 * @param specs `NAME` or `NAME:{...}` each.
 * @param datasets The evaluation datasets.
 * @returns Evaluators; over several datasets each carries its dataset's name.
 * @throws {UsageError} For an unknown name or option, or where there is no dataset.
 */
export function createEvaluators(
  specs: readonly string[],
  datasets: readonly Dataset[],
): Evaluator[] {
  if (specs.length > 0 && datasets.length === 0) {
    throw new UsageError(
      `Cannot evaluate with ${specs.join(", ")}: there are no rows; give --eval-dataset`,
    );
  }
  return specs.flatMap((text) => {
    const { name, options } = parseSpec("evaluator", text);
    return datasets.map((dataset) => {
      const data = {
        columns: new Map(dataset.columns.map((column) => [column, dataset.text(column)])),
        labels: dataset.labels as readonly number[] | null,
      };
      return createEvaluator(
        name,
        data,
        datasets.length > 1 ? { name: dataset.name, ...options } : options,
      );
    });
  });
}

/**
 * Reads a whole number that a flag was given.
 *
 * @param flag The flag, for the message.
 * @param text Its value.
 * @returns The number.
 * @throws {UsageError} If it is no positive whole number.
 */
export function positiveInteger(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`Cannot read --${flag}: found "${text}", wanted a positive whole number`);
  }
  return value;
}

/**
 * Reads flags of a command that takes no training arguments.
 *
 * @param command The command, for messages.
 * @param tokens The command line after it.
 * @param known Its flags; each takes a text, once or more often.
 * @returns Values by flag, and what is no flag.
 * @throws {UsageError} For an unknown flag, or one without a value.
 */
export function readFlags(
  command: string,
  tokens: readonly string[],
  known: readonly string[],
): { flags: Map<string, string[]>; rest: string[] } {
  const flags = new Map<string, string[]>();
  const rest: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(tokens[i]);
    if (match === null) {
      rest.push(tokens[i]);
      continue;
    }
    const name = match[1].replaceAll("_", "-");
    if (!known.includes(name)) {
      const guess = nearest(name, known);
      throw new UsageError(
        `Cannot run ${command}: --${match[1]} is unknown; its flags are ${
          known.map((flag) => `--${flag}`).join(", ")
        }${guess === null ? "" : `; did you mean --${guess}?`}`,
      );
    }
    const value = match[2] ?? tokens[++i];
    if (value === undefined) {
      throw new UsageError(`Cannot run ${command}: --${name} wants a value`);
    }
    flags.set(name, [...flags.get(name) ?? [], value]);
  }
  return { flags, rest };
}
