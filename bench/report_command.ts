/**
 * What the commands that report on engines share: a folder for their files, what each line of results says,
 * and how they end.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { failureOf } from "../src/cli/failure.ts";
import { cpuName } from "./cpu_name.ts";
import type { Job } from "./rivals/programs.ts";
import type { Host } from "./rivals/run_program.ts";
import { chosenJobs, runJobs } from "./run_jobs.ts";

/** What the command lines of all reports say. */
export interface ReportOptions {
  /** Keys of the rivals to run; none for all. */
  readonly only: readonly string[];
  /** Whether programs run fewer times. */
  readonly quick: boolean;
  /** Where results are appended. */
  readonly output: string;
}

/** What a report is about. */
export interface Report {
  /** All jobs. */
  readonly jobs: readonly Job[];
  /** The adapter. */
  readonly device: string;
  /** What is said before the tables. */
  readonly headline: string;
  /** Finds what runs Python's programs. */
  readonly findHost: () => Promise<Host>;
}

/** Where results are appended unless `--output` names another file. */
export const RESULTS: string = fromFileUrl(new URL("results.jsonl", import.meta.url));

/**
 * Runs a report, and ends the program as failures want it.
 *
 * @param task The name of its task in `deno.json`.
 * @param readOptions Reads the command line.
 * @param prepare Writes what the programs read into a folder, which is removed in the end.
 */
export async function reportCommand<Options extends ReportOptions>(
  task: string,
  readOptions: (args: string[]) => Options,
  prepare: (folder: string, options: Options) => Promise<Report>,
): Promise<void> {
  try {
    const options = readOptions(Deno.args);
    const folder = await Deno.makeTempDir({ prefix: "sentrain-bench-" });
    try {
      const { jobs, device, headline, findHost } = await prepare(folder, options);
      const chosen = chosenJobs(jobs, options.only);
      const host = await findHost();
      const facts = {
        date: new Date().toISOString().slice(0, 10),
        device,
        host: await cpuName(),
        command: [`deno task ${task}`, ...Deno.args].join(" "),
      };
      console.log(`${device}; ${facts.host}\n${headline}`);
      if (!await runJobs(chosen, { host, facts, ...options })) Deno.exitCode = 1;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  } catch (error) {
    const { message, code } = failureOf(error, Deno.env.has("SENTRAIN_DEBUG"));
    console.error(message);
    Deno.exit(code);
  }
}
