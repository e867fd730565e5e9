/**
 * Runs a program in a process of its own and reads what it prints.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Measured } from "./measure.ts";
import type { Counts } from "./programs.ts";

/** What runs Python's programs. */
export interface Host {
  /** A Python with PyTorch, or null where there is none. */
  readonly python: string | null;
  /** Variables for them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program that did not run, and why. */
export interface NotRun {
  /** Whether something is to be installed. */
  readonly missing: boolean;
  /** Why, or what to install. */
  readonly reason: string;
}

/** What to say where PyTorch is not found. */
export const NO_PYTORCH: NotRun = {
  missing: true,
  reason: "PyTorch is missing: on Debian, apt-get install python3-torch",
};

/**
 * Runs a program.
 *
 * @param file Its file beside this one.
 * @param flags Its flags, counts aside.
 * @param options What runs it, and how often it runs.
 * @returns What it printed, or why there is nothing.
 */
export async function runProgram(
  file: string,
  flags: readonly string[],
  { host, counts }: { host: Host; counts: Counts },
): Promise<Measured | NotRun> {
  const path = fromFileUrl(new URL(file, import.meta.url));
  const args = [...flags, ...Object.entries(counts).flatMap(([k, v]) => [`--${k}`, String(v)])];
  const isPython = file.endsWith(".py");
  if (isPython && host.python === null) return NO_PYTORCH;
  const command = isPython
    ? new Deno.Command(host.python!, {
      args: ["-B", path, ...args],
      env: { ...undisturbed(), ...host.environment },
      clearEnv: true,
    })
    // The packages of the rivals stay out of the lock file.
    : new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-lock", path, ...args] });
  const { success, stdout, stderr, signal, code } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd().split("\n");
  // An engine may greet before.
  const line = text(stdout).findLast((line) => line.startsWith("{"));
  if (success && line !== undefined) return JSON.parse(line);
  return whyNot(file, signal ?? code, text(stderr));
}

/**
 * Reads from what a program said why it ended.
 *
 * @param file The program.
 * @param end The signal or the exit code.
 * @param said What it wrote to standard error, by lines.
 * @returns Why, or what to install.
 */
export function whyNot(file: string, end: string | number, said: readonly string[]): NotRun {
  const line = said.find((line) => /error/i.test(line)) ?? said.at(-1);
  const module = /^ModuleNotFoundError: No module named '([^']+)'/.exec(line ?? "")?.[1];
  return module === undefined ? { missing: false, reason: `${file} ended with ${end}: ${line}` } : {
    missing: true,
    reason: `Python's ${module} is missing: pip install "sentence-transformers[train]"`,
  };
}

/** The environment without what would choose OpenBLAS's kernels or make its threads fight OpenMP's. */
function undisturbed(): Record<string, string> {
  const { OPENBLAS_CORETYPE: _, OMP_NUM_THREADS: __, ...rest } = Deno.env.toObject();
  return rest;
}

/**
 * Looks for a Python that has PyTorch.
 *
 * @returns Its path, or null.
 */
export async function findPython(): Promise<string | null> {
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const probe = new Deno.Command(python, {
        args: ["-c", "import torch, numpy"],
        stdout: "null",
        stderr: "null",
      });
      if ((await probe.output()).success) return python;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}
