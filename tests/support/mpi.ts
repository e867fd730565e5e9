/**
 * Jobs of several processes, started as users start them.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

/** How to start a job. */
export interface JobOptions {
  /** Number of ranks. */
  ranks: number;
  /** Arguments of the program. Default: none. */
  args?: string[];
  /** The working directory of each rank. Default: this process's. */
  directories?: readonly string[];
  /** More variables of the environment. Default: none. */
  env?: Record<string, string>;
}

/** What became of a job. */
export interface JobResult {
  /** Exit code of the launcher. */
  code: number;
  /** Standard output of all ranks, one line after the other. */
  out: string;
  /** Standard error of all ranks and of the launcher. */
  err: string;
  /** How long it took. Unit: seconds. */
  seconds: number;
}

/**
 * Runs a program of `tests/distributed/programs/` under Open MPI's `mpirun`, which `./dev test`
 * installs; without it the test fails.
 *
 * @param program Its file name.
 * @param options Ranks, arguments, environment.
 * @returns Exit code and output.
 */
export async function runRanks(
  program: string,
  { ranks, args = [], env = {}, directories }: JobOptions,
): Promise<JobResult> {
  const path = fromFileUrl(new URL(`../distributed/programs/${program}`, import.meta.url));
  const start = performance.now();
  const command = [Deno.execPath(), "run", "-A", "--no-check", path, ...args];
  const processes = directories === undefined
    ? ["-n", String(ranks), ...command]
    // Ranks with a directory each are programs of their own, with a colon between.
    : directories.flatMap((directory, i) => [
      ...i === 0 ? [] : [":"],
      ...["-n", "1", "-wdir", directory, ...command],
    ]);
  const { code, stdout, stderr } = await new Deno.Command("mpirun", {
    args: ["--allow-run-as-root", "--oversubscribe", ...processes],
    // Without another machine no remote shell is needed, and a fresh one has none.
    env: { NO_COLOR: "1", OMPI_MCA_plm_rsh_agent: "false", ...env },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err, seconds: (performance.now() - start) / 1000 };
}
