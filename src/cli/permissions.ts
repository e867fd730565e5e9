/**
 * What each command needs to be permitted, given its arguments.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { findLaunch } from "../distributed/launch.ts";
import { environmentVariable } from "../host/environment.ts";
import { isThere } from "../host/is_there.ts";
import { hubSettings } from "../hub/hub_settings.ts";
import { parseModelId } from "../hub/model_id.ts";
import { cacheFolder } from "../io/cache_folder.ts";
import { REPORT_NAME } from "../reporters/html_reporter.ts";
import { parseSpec } from "../spec.ts";
import { expandHome } from "../train/arguments/expand_home.ts";
import { unknownCommand } from "./help.ts";
import type { CommandLine } from "./read_flags.ts";
import { readRunInputs } from "./run_inputs.ts";

/** What a process may do; all else is refused. */
export interface Permissions {
  /** Files and folders that it reads. */
  readonly read: readonly string[];
  /** Folders that it writes to; a file is written aside and renamed, so that its folder is needed. */
  readonly write: readonly string[];
  /** Where it connects to or listens: `HOST:PORT`, `*` for any place; none for no network. */
  readonly net: readonly string[];
  /** Variables that it reads; a star at the end stands for any ending. */
  readonly env: readonly string[];
  /** What it asks of the system. */
  readonly sys: readonly string[];
  /** Whether it calls a library, that of MPI. Whoever may do this may do anything. */
  readonly ffi: boolean;
}

/** Variables by what reads them. Without the permission for one it is as if it were not set. */
const VARIABLES = {
  /** Every command. */
  all: ["SENTRAIN_DEBUG"],
  /** Every command that looks for an adapter; both are set where they are not. */
  adapter: ["DENO_WEBGPU_BACKEND", "XDG_RUNTIME_DIR"],
  /** Where is kept what can be made again, and where the home directory is. */
  cache: Deno.build.os === "windows"
    ? ["HOME", "LOCALAPPDATA", "SENTRAIN_*", "USERPROFILE", "XDG_CACHE_HOME"]
    : ["HOME", "SENTRAIN_*", "XDG_CACHE_HOME"],
  /** Training by several processes. */
  ranks: [
    ...["DRI_PRIME", "MESA_VK_DEVICE_SELECT_*", "OMPI_COMM_WORLD_*"],
    ...["PMIX_RANK", "PMI_RANK", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"],
  ],
  /** The hub, where one is asked for. */
  hub: ["HF_*", "HUGGINGFACE_HUB_CACHE", "HUGGING_FACE_HUB_TOKEN", "TRANSFORMERS_OFFLINE"],
} as const satisfies Record<string, readonly string[]>;

/** How the arguments of a command name files; its other flags name none. */
interface FileFlags {
  /** Whether it looks for an adapter, computes with it, or also keeps something for later runs. */
  readonly gpu?: "found" | "used" | "used and kept for";
  /** Flags that name a model: a directory, or one of the hub. */
  readonly models?: readonly string[];
  /** Flags that name datasets: `FILE` or `NAME=FILE`. */
  readonly datasets?: readonly string[];
  /** Flags that name a folder to write to. */
  readonly folders?: readonly string[];
  /** Flags that name what is written aside and put in its place: its folder is read and written to. */
  readonly files?: readonly string[];
  /** Flags that name a file that is written where it is: its folder, which may be made, is written to. */
  readonly pages?: readonly string[];
  /** Whether what follows no flag is read. */
  readonly readsRest?: boolean;
}

const COMMANDS: Readonly<Record<string, FileFlags>> = {
  train: {
    gpu: "used and kept for",
    ...{ models: ["model", "guide"], files: ["profile"] },
    datasets: ["train-dataset", "eval-dataset", "evaluator-dataset"],
  },
  evaluate: {
    ...{ gpu: "used and kept for", models: ["model"] },
    ...{ datasets: ["eval-dataset"], folders: ["output-dir"] },
  },
  encode: { gpu: "used", models: ["model"], files: ["output"], readsRest: true },
  export: { gpu: "used", models: ["model"], files: ["output"] },
  losses: {},
  evaluators: {},
  report: { pages: ["output"], readsRest: true },
  doctor: { gpu: "found" },
  tune: { gpu: "used and kept for", models: ["model"] },
  completions: {},
  help: {},
};

/** This package: a worker needs the permission to read its modules where they are files. */
const SOURCE = ["../", "../../deno.json"].map((path) => new URL(path, import.meta.url))
  .filter(({ protocol }) => protocol === "file:");

/**
 * Tells what a command needs with its arguments, and nothing else. Whether a name is that of a directory
 * or of a model on the hub is known only where the directory may be read; without that it counts as one
 * of the hub if it looks like one.
 *
 * @param command The command.
 * @param tokens The command line after it.
 * @returns What it needs.
 * @throws {UsageError} If there is no such command, or the arguments of `train` are not accepted.
 * @throws {InputError} If the configuration file of `train` cannot be read.
 */
export async function permissionsOf(
  command: string,
  tokens: readonly string[],
): Promise<Permissions> {
  if (!Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
  const found = COMMANDS[command];
  const { flags, rest }: CommandLine<string> = command === "train"
    ? { flags: (await readRunInputs(tokens)).own, rest: [] }
    : flagsOf(tokens);
  const values = (names: readonly string[] = []) => names.flatMap((name) => flags.get(name) ?? []);
  const computes = found.gpu?.startsWith("used") ?? false;
  const cache = computes ? cacheFolder() : null;
  const written = [...values(found.folders), ...values(found.files).map(dirname)];
  const base: Permissions = {
    read: [
      ...values(found.datasets).map(fileOf),
      ...found.readsRest ? rest.filter((file) => file !== "-") : [],
      ...values(["evaluator"]).flatMap(foldersOf),
      ...written,
      ...cache === null ? [] : [cache],
    ],
    write: [
      ...written,
      ...values(found.pages).map(dirname),
      ...cache !== null && found.gpu === "used and kept for" ? [cache] : [],
    ],
    net: [],
    env: [
      ...computes ? VARIABLES.cache : VARIABLES.all,
      ...found.gpu === undefined ? [] : VARIABLES.adapter,
    ],
    // How much space is left, where writing failed.
    sys: written.length > 0 && computes ? ["statfs"] : [],
    ffi: false,
  };
  const spools = flags.has("streaming") ||
    values(found.datasets).some((file) => /\.(?:gz|zst)$/i.test(file));
  const models = await Promise.all(values(found.models).map(ofModel));
  const more = command === "train"
    ? [await ofTraining(tokens)]
    : command === "report"
    ? [ofReport(rest, flags.get("output"))]
    : [];
  return [...models, ...more, ...spools ? [ofTemporaryFiles()] : []].reduce(joined, base);
}

/** Which flags are accepted says the command itself. */
function flagsOf(tokens: readonly string[]): CommandLine<string> {
  const flags = new Map<string, string[]>();
  const rest: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === "--") {
      rest.push(...tokens.slice(i + 1));
      break;
    }
    const [, flag, joint] = /^--([^=]+)(?:=(.*))?$/s.exec(tokens[i]) ?? [];
    if (flag === undefined) {
      rest.push(tokens[i]);
      continue;
    }
    const value = joint ?? (tokens.at(i + 1)?.startsWith("--") ? undefined : tokens[++i]);
    const name = flag.replaceAll("_", "-");
    if (value !== undefined) flags.set(name, [...flags.get(name) ?? [], value]);
  }
  return { flags, rest };
}

/** Without the name of a dataset before it, or of a split behind. */
function fileOf(text: string): string {
  const file = text.replace(/^[\w.-]+=/, "");
  return file.includes(".") || !file.includes(":") ? file : file.replace(/:[\w.-]+$/, "");
}

/** Some evaluators read a folder of their own. */
function foldersOf(text: string): string[] {
  const { folder } = parseSpec("evaluator", text).options;
  return typeof folder === "string" ? [folder] : [];
}

const NOTHING: Permissions = { read: [], write: [], net: [], env: [], sys: [], ffi: false };

async function ofModel(name: string): Promise<Permissions> {
  if (await isThere(name) || parseModelId(name) === null) return { ...NOTHING, read: [name] };
  return await ofHub();
}

/** Rows that are streamed and texts that were compressed lie there meanwhile. */
function ofTemporaryFiles(): Permissions {
  const names = Deno.build.os === "windows" ? ["TMP", "TEMP"] : ["TMPDIR"];
  const folder = names.map(environmentVariable).find(Boolean) ?? "/tmp";
  return { ...NOTHING, read: [folder], write: [folder] };
}

/** Large files lie at other places, which the hub names. */
async function ofHub(): Promise<Permissions> {
  const { cacheDir, tokenFile } = await hubSettings();
  return {
    ...NOTHING,
    ...{ read: [cacheDir, tokenFile], write: [cacheDir], net: ["*"] },
    env: VARIABLES.hub,
  };
}

async function ofTraining(tokens: readonly string[]): Promise<Permissions> {
  const { args, own } = await readRunInputs(tokens);
  const output = expandHome(args.outputDir ?? "trainer_output");
  const logs = args.loggingDir ? [expandHome(args.loggingDir)] : [];
  const from = args.resumeFromCheckpoint;
  const port = own.get("watch")?.at(-1);
  const hub = args.pushToHub ? await ofHub() : NOTHING;
  const usesWorkers = args.pushToHub || (args.dataloaderNumWorkers ?? 0) > 0;
  return joined(hub, {
    read: [
      ...[...flagsOf(tokens).flags.get("config") ?? [], output],
      ...typeof from === "string" && !["true", "false"].includes(from) ? [expandHome(from)] : [],
      ...usesWorkers ? SOURCE.map((url) => fromFileUrl(url)) : [],
    ],
    write: [output, ...logs],
    net: port === undefined ? [] : [`127.0.0.1:${port}`],
    env: VARIABLES.ranks,
    sys: ["hostname", "statfs"],
    ffi: findLaunch() !== null,
  });
}

function ofReport(runs: readonly string[], output: readonly string[] | undefined): Permissions {
  if (output !== undefined) return NOTHING;
  const page = runs.length === 1 ? join(runs[0], REPORT_NAME) : REPORT_NAME;
  return { ...NOTHING, write: [dirname(page)] };
}

function joined(a: Permissions, b: Permissions): Permissions {
  const both = (key: "read" | "write" | "net" | "env" | "sys") => [
    ...new Set([...a[key], ...b[key]]),
  ];
  return {
    ...{ read: both("read"), write: both("write"), net: both("net"), env: both("env") },
    ...{ sys: both("sys"), ffi: a.ffi || b.ffi },
  };
}

/**
 * Writes permissions as flags of `deno run`.
 *
 * @param permissions What is permitted.
 * @returns The flags; none where nothing is permitted.
 */
export function permissionFlags({ ffi, ...lists }: Permissions): string[] {
  const flags = Object.entries(lists).filter(([, items]) => items.length > 0)
    .map(([kind, items]) => {
      const anything = items.includes("*");
      // A comma within a path is doubled.
      const list = [...items].sort().map((item) => item.replaceAll(",", ",,")).join(",");
      return `--allow-${kind}${anything ? "" : `=${list}`}`;
    });
  return ffi ? [...flags, "--allow-ffi"] : flags;
}
