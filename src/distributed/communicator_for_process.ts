/**
 * The communicator that a process is to use.
 *
 * @module
 */
import type { Communicator } from "./communicator.ts";
import { findLaunch } from "./launch.ts";
import { startMpi } from "./mpi.ts";
import { SingleProcess } from "./single_process.ts";

/** How the communicator works. */
export interface CommunicatorOptions {
  /** Longest that a call may take, as `ddp_timeout` has it. Unit: seconds. Default: 1800. */
  timeout?: number;
  /**
   * Whether SIGTERM, by which launchers end the job when a rank is lost, ends this process at once. With
   * false this rank only says what it was doing. Default: true.
   */
  exitOnSigterm?: boolean;
}

/**
 * MPI where a launcher started this process, such as `mpirun -n 4 deno run -A cli.ts train`; else the
 * communicator of a single process, which needs no library.
 *
 * @param options Limit of time, and what SIGTERM does.
 * @returns The communicator.
 * @throws {UsageError} If a launcher started this process and MPI cannot be used.
 */
export function communicatorForProcess(options: CommunicatorOptions = {}): Communicator {
  const launch = findLaunch();
  return launch === null ? new SingleProcess() : startMpi({ launch, ...options });
}
