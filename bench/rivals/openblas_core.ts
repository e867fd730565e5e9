/**
 * Which kernels OpenBLAS is to use. It may take a new CPU for an old one, and then runs at a quarter of
 * its speed; a fair rival runs at its best.
 *
 * @module
 */
import { type Host, runProgram } from "./run_program.ts";

/** Values of OPENBLAS_CORETYPE that are tried beside none. */
const CORES = [null, "SkylakeX", "Cooperlake", "Haswell"] as const;

/** What was found. */
export interface OpenblasCore {
  /** What to set, or null for nothing. */
  readonly core: string | null;
  /** The times of a product with each. Unit: ms. Those that the CPU cannot run are left out. */
  readonly times: readonly (readonly [core: string | null, milliseconds: number])[];
}

/**
 * Tries a short product with each.
 *
 * @param python A Python with PyTorch.
 * @returns The fastest.
 */
export async function fastestCore(python: string): Promise<OpenblasCore> {
  const times: [string | null, number][] = [];
  for (const core of CORES) {
    const host: Host = { python, environment: environmentOf(core) };
    const counts = { warmup: 2, times: 5, runs: 2 };
    const measured = await runProgram("pytorch_product.py", [], { host, counts });
    if (!("reason" in measured)) times.push([core, measured.median_ms]);
  }
  const best = times.toSorted(([, a], [, b]) => a - b).at(0);
  return { core: best?.[0] ?? null, times };
}

/**
 * The variables that make OpenBLAS use some kernels.
 *
 * @param core Their name, or null for what it detects.
 * @returns The variables.
 */
export function environmentOf(core: string | null): Record<string, string> {
  return core === null ? {} : { OPENBLAS_CORETYPE: core };
}
