/**
 * What `train` is told: flags, and the configuration file that they name.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { argumentNameOf } from "../train/arguments/argument_name.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { argumentNames } from "../train/arguments/fields.ts";
import { type OwnFlag, parseFlags } from "../train/arguments/flags.ts";
import { laterOnlyName } from "../train/arguments/later_only.ts";
import { readArguments } from "../train/arguments/read_arguments.ts";
import { readText } from "./read_text.ts";

/** The flags that are no training arguments, and keys of a configuration file but for `config`. */
export const OWN_FLAGS = {
  model: { takes: "text" },
  "train-dataset": { takes: "texts" },
  "eval-dataset": { takes: "texts" },
  "evaluator-dataset": { takes: "texts" },
  columns: { takes: "text" },
  streaming: { takes: "nothing" },
  loss: { takes: "texts" },
  guide: { takes: "text" },
  evaluator: { takes: "texts" },
  "early-stopping-patience": { takes: "text" },
  "early-stopping-threshold": { takes: "text" },
  lenient: { takes: "nothing" },
  config: { takes: "text" },
  "max-seq-length": { takes: "text" },
  "lora-rank": { takes: "text" },
  "lora-alpha": { takes: "text" },
  "lora-dropout": { takes: "text" },
  "lora-target-modules": { takes: "text" },
  "merge-adapter": { takes: "nothing" },
  "gradient-histograms": { takes: "text" },
  watch: { takes: "text", alone: "6007" },
  "continue-when-saving-fails": { takes: "nothing" },
  "gradient-compression": { takes: "text" },
  "dry-run": { takes: "nothing" },
  profile: { takes: "text" },
  "profile-steps": { takes: "text" },
} as const satisfies Record<string, OwnFlag>;

type OwnName = Exclude<keyof typeof OWN_FLAGS, "config">;

/** What a command line and its configuration file say. */
export interface RunInputs {
  /** Values of the flags that are no training arguments; a list each. */
  readonly own: ReadonlyMap<OwnName, readonly string[]>;
  /** The training arguments that were given. */
  readonly args: Partial<ArgumentValues>;
  /** Whether what cannot be honoured is replaced by its default. */
  readonly lenient: boolean;
  /** What was replaced, in words. */
  readonly warnings: readonly string[];
}

/** What a configuration file says, its arguments not checked. */
interface Config {
  readonly own: ReadonlyMap<OwnName, readonly string[]>;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Reads flags and the configuration file that they name; flags win.
 *
 * The file is a JSON object with training arguments under their upstream names and the other flags in
 * snake_case: a text each, or a list of texts for a flag that is repeatable. Files that it names are
 * relative to the working directory, as those of flags.
 *
 * @param tokens The command line after the command.
 * @returns What they say.
 * @throws {UsageError} For an unknown flag or key, or a value without sense.
 * @throws {InputError} If the file cannot be read.
 */
export async function readRunInputs(tokens: readonly string[]): Promise<RunInputs> {
  const warnings: string[] = [];
  const warn = (warning: string) => void warnings.push(warning);
  // The file may ask for leniency, which then holds for flags too.
  const file = configOf(tokens);
  const config = file === undefined ? null : parseConfig(await readText(file), file);
  const lenient = config?.own.has("lenient") || tokens.includes("--lenient");
  const flags = parseFlags(tokens, OWN_FLAGS, { lenient, warn });
  const own = new Map(config?.own);
  for (const [name, values] of flags.own) {
    if (name !== "config") own.set(name as OwnName, values);
  }
  const ofFile = config === null ? {} : readArguments(config.args, { lenient, warn });
  return { own, args: { ...ofFile, ...flags.arguments }, lenient, warnings };
}

function configOf(tokens: readonly string[]): string | undefined {
  return parseFlags(tokens, OWN_FLAGS, { lenient: true, warn: () => {} }).own.get("config")?.at(-1);
}

function parseConfig(text: string, file: string): Config {
  const own = new Map<OwnName, readonly string[]>();
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parseObject(text, file))) {
    const name = key.replaceAll("_", "-");
    if (isOwn(name)) setOwn(own, name, { file, key, value });
    else if (argumentNameOf(key) !== null || laterOnlyName(key) !== null) rest[key] = value;
    else throw unknownKey(file, key);
  }
  return { own, args: rest };
}

function isOwn(name: string): name is OwnName {
  return name !== "config" && Object.hasOwn(OWN_FLAGS, name);
}

function unknownKey(file: string, key: string): UsageError {
  const own = Object.keys(OWN_FLAGS).filter(isOwn).map((name) => name.replaceAll("-", "_"));
  const guess = nearest(key, [...own, ...argumentNames]);
  return new UsageError(
    `Cannot read ${file}: "${key}" is no flag or training argument` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}

function parseObject(text: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new UsageError(`Cannot read ${file}: it is not JSON (${message})`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(
    `Cannot read ${file}: wanted a JSON object such as {"max_steps": 100}`,
  );
}

function setOwn(
  own: Map<OwnName, readonly string[]>,
  name: OwnName,
  { file, key, value }: { file: string; key: string; value: unknown },
): void {
  const flag: OwnFlag = OWN_FLAGS[name];
  if (flag.takes !== "nothing") own.set(name, textsOf(file, key, value, flag));
  else if (value === true) own.set(name, []);
  else if (value !== false) {
    throw new UsageError(
      `Cannot read ${file}: ${key} is ${JSON.stringify(value)}, wanted true or false`,
    );
  }
}

function textsOf(file: string, key: string, value: unknown, { takes }: OwnFlag): string[] {
  const values = takes === "texts" && Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === "string" || typeof item === "number") return String(item);
    throw new UsageError(
      `Cannot read ${file}: ${key} is ${JSON.stringify(value)}, wanted a text` +
        (takes === "texts" ? " or a list of texts" : ""),
    );
  });
}
