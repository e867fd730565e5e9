/**
 * Whether a launcher such as `mpirun` started this process.
 *
 * @module
 */
import { environmentVariable } from "../host/environment.ts";
import type { MpiAbi } from "./mpi_abi.ts";

/** What the environment says of the launcher. */
export interface Launch {
  /** The variable that says so. */
  readonly variable: string;
  /** Number of processes of the job, or null where the launcher does not say it. */
  readonly size: number | null;
  /** The family of libraries that goes with the launcher, or null where several do. */
  readonly family: MpiAbi["name"] | null;
}

/** Variables that launchers set, and those that hold the number of processes. */
const LAUNCHERS: readonly (Omit<Launch, "size"> & { readonly sizes: readonly string[] })[] = [
  {
    variable: "OMPI_COMM_WORLD_RANK",
    sizes: ["OMPI_COMM_WORLD_SIZE"],
    family: "Open MPI",
  },
  { variable: "PMIX_RANK", sizes: ["SLURM_STEP_NUM_TASKS"], family: null },
  { variable: "PMI_RANK", sizes: ["PMI_SIZE"], family: "MPICH" },
];

/**
 * Reads what a launcher tells the processes that it starts.
 *
 * @param environment The variables. Default: those of this process.
 * @returns What it tells, or null where no launcher started this process.
 */
export function findLaunch(
  environment: Readonly<Record<string, string | undefined>> = launchVariables(),
): Launch | null {
  for (const { variable, sizes, family } of LAUNCHERS) {
    if (environment[variable] === undefined) continue;
    const size = sizes.map((name) => Number(environment[name])).find((n) => Number.isInteger(n));
    return { variable, size: size ?? null, family };
  }
  return null;
}

/** Each by its name: to read all needs the permission for all. */
function launchVariables(): Record<string, string | undefined> {
  const names = LAUNCHERS.flatMap(({ variable, sizes }) => [variable, ...sizes]);
  return Object.fromEntries(names.map((name) => [name, environmentVariable(name)]));
}
