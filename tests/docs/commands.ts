/**
 * How the commands of pages are run in a test:
 *
 * 1. `./dev COMMAND` is `deno run -A cli.ts COMMAND`; every command has all permissions here.
 * 2. `train` stops after two steps: `--max-steps 2` is added, unless it is a dry run; a profile is of the
 *    second, on few rows. Where no model is named it trains one of the new encoder's width, which knows few
 *    words. Without a dataset, on WordNet, it gets the tiny model and short texts, and is run
 *    once for all pages.
 * 3. A run that resumes is first run without that flag, with a checkpoint at each step.
 * 4. What uploads is only read: its flags must be right. So are `tune`, which measures for minutes, and what
 *    `mpirun` starts.
 * 5. Tasks must be in deno.json, files of tests and benchmarks be there; they are not run. `export` and
 *    `gzip` are passed over.
 * 6. A command that was run before in the same page is not run again.
 *
 * @module
 */
import { join } from "@std/path";
import manifest from "../../deno.json" with { type: "json" };
import { main } from "../../cli.ts";
import { completionSpec } from "../../src/cli/completion_spec.ts";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { ROOT } from "../../tools/repository.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import type { ShellLine } from "./shell_lines.ts";
import { NEW_MODEL } from "./stand_ins.ts";

/** What became of a command. */
export type Outcome = "run" | "read" | "passed";

/** Commands that are looked at and not run: their flags are checked. */
const READ = new Set(["tune"]);

const COMMANDS = completionSpec();

/**
 * Runs a command as the rules above say, in the working directory.
 *
 * @param line The command.
 * @param done Commands that were run before; this one is added.
 * @returns What became of it.
 */
export async function runCommand(
  { words, input }: ShellLine,
  done: Set<string>,
): Promise<Outcome> {
  const launched = words[0] === "mpirun";
  const tokens = tokensOf(launched ? words.slice(words.indexOf("deno")) : words);
  if (tokens === null) {
    await checkOther(words);
    return "passed";
  }
  const key = JSON.stringify([tokens, input]);
  if (done.has(key)) return "run";
  done.add(key);
  const [command, ...rest] = tokens;
  if (launched || rest.includes("--push-to-hub")) {
    await readRunInputs(rest);
    return "read";
  }
  if (READ.has(command)) {
    checkFlags(command, rest);
    return "read";
  }
  const more: string[] = [];
  if (input !== null) {
    more.push(await Deno.makeTempFile({ dir: "." }));
    await Deno.writeTextFile(more[0], input);
  }
  await captureOutput(() => command === "train" ? trainShortly(rest) : main([...tokens, ...more]));
  return "run";
}

/** The command of sentrain and its flags, or `null` for another program. */
function tokensOf(words: readonly string[]): readonly string[] | null {
  const script = words.indexOf("cli.ts");
  if (words[0] === "deno" && words[1] === "run" && script > 0) return words.slice(script + 1);
  const isCommand = COMMANDS.some(({ name }) => name === words[1]);
  return words[0] === "./dev" && isCommand ? words.slice(1) : null;
}

/** Whether the job without a dataset was run. */
let ranJob = false;

async function trainShortly(tokens: readonly string[]): Promise<void> {
  const { own, args } = await readRunInputs(tokens);
  const short = [...tokens];
  if (args.maxSteps === undefined && !own.has("dry-run")) {
    short.push("--max-steps", "2");
  }
  if (own.has("profile") && !own.has("profile-steps")) short.push("--profile-steps", "1:1");
  if (!own.has("train-dataset") && own.has("profile")) short.push("--train-dataset", "pairs.jsonl");
  else if (!own.has("train-dataset")) {
    if (ranJob) return;
    ranJob = true;
    short.push("--max-seq-length", "16", "--evaluation-strategy", "no");
    if (!own.has("model")) short.push("--model", TINY_BERT);
  }
  if (own.has("train-dataset") && !own.has("model")) short.push("--model", NEW_MODEL);
  const resume = short.findIndex((token) => /^--resume.from.checkpoint$/.test(token));
  if (resume >= 0) await main(["train", ...short.toSpliced(resume, 2), "--save-steps", "1"]);
  await main(["train", ...short]);
}

function checkFlags(command: string, tokens: readonly string[]): void {
  const { flags } = COMMANDS.find(({ name }) => name === command)!;
  for (const token of tokens.filter((token) => token.startsWith("--"))) {
    if (flags.every(({ flag }) => flag !== token)) throw new Error(`${command} has no ${token}`);
  }
}

/** Checks that what another program is told to run is there. */
async function checkOther(words: readonly string[]): Promise<void> {
  const [program, task] = words;
  if (["export", "gzip"].includes(program)) return;
  if (program === "./dev" || (program === "deno" && task === "task")) {
    const name = words[program === "deno" ? 2 : 1];
    if (name in manifest.tasks) return;
  }
  if (program === "deno" && ["test", "bench", "run"].includes(task)) {
    const files = words.slice(2).filter((word) => word.endsWith(".ts"));
    for (const file of files) await Deno.stat(join(ROOT, file));
    if (files.length > 0) return;
  }
  throw new Error(`"${words.join(" ")}" is nothing that this test knows; mark it "no-run: REASON"`);
}
