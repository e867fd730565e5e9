/**
 * MPI by Deno's FFI.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { CollectiveCommunicator } from "./collective_communicator.ts";
import type { Communicator } from "./communicator.ts";
import type { Launch } from "./launch.ts";
import type { Handle, MpiConstants } from "./mpi_abi.ts";
import { type MpiCalls, openMpiCalls } from "./mpi_calls.ts";
import { findMpiLibrary, LIBRARY_VARIABLE, type MpiLibrary } from "./mpi_library.ts";
import type { Blocks, Transport } from "./transport.ts";
import { Watchdog } from "./watchdog.ts";

/** How to use MPI. */
export interface MpiOptions {
  /** What the launcher says, to find the library that goes with it. Default: nothing. */
  launch?: Launch | null;
  /** Longest that a call may take, as `ddp_timeout` has it. Unit: seconds. Default: 1800. */
  timeout?: number;
  /**
   * Whether SIGTERM, by which launchers end the job when a rank is lost, ends this process at once.
   * With false this rank only says what it was doing: whoever listens to the signal ends it.
   * Default: true.
   */
  exitOnSigterm?: boolean;
}

/** Calls may come from any thread: FFI makes each on one of a pool. */
const THREAD_MULTIPLE = 3;

/** How long {@linkcode MpiTransport.abort} waits for MPI. Unit: milliseconds. */
const ABORT_PATIENCE = 5000;

/**
 * Starts MPI; a process can do so once. Waits for all ranks of the job to start it too.
 *
 * @param options The launcher, and the limit of time.
 * @returns The communicator of all ranks.
 * @throws {UsageError} If there is no library, not the launcher's, or one without threads.
 * @throws {Error} If MPI was started before, or does not start.
 */
export function startMpi(
  { launch = null, timeout = 1800, exitOnSigterm = true }: MpiOptions = {},
): Communicator {
  if (!(timeout > 0)) {
    throw new UsageError(`Cannot start MPI: found a timeout of ${timeout} s, wanted more than 0`);
  }
  const library = findMpiLibrary({ family: launch?.family });
  const transport = new MpiTransport(library);
  const { rank, size } = transport;
  if (launch !== null && launch.size !== null && launch.size !== size) {
    throw new UsageError(
      `Cannot use ${library.path} (${library.version}) with this launcher: found a job of ${size} ` +
        `by the library, wanted one of ${launch.size} by ${launch.variable}; set ` +
        `${LIBRARY_VARIABLE} to the library that goes with the launcher`,
    );
  }
  const watchdog = size === 1 ? null : new Watchdog({
    rank,
    size,
    seconds: timeout,
    abort: (code) => transport.abort(code),
    exit: exitOnSigterm ? Deno.exit : () => {},
  });
  return new CollectiveCommunicator(transport, { watchdog });
}

/** The collectives of MPI on bytes. */
class MpiTransport implements Transport {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly #calls: MpiCalls;
  readonly #constants: MpiConstants;
  /** What the library reads or writes while a call runs; must not be collected. */
  readonly #pinned = new Set<unknown>();

  constructor({ path, abi, version }: MpiLibrary) {
    const calls = this.#calls = openMpiCalls(path, abi);
    if (readInteger((at) => calls.MPI_Initialized(at)) !== 0) {
      const ended = readInteger((at) => calls.MPI_Finalized(at)) !== 0;
      throw new Error(
        `Cannot start MPI a second time: found it ${
          ended ? "ended" : "running"
        } in this process; ` +
          "share one communicator",
      );
    }
    const threads = readInteger((at) => {
      this.#check("MPI_Init_thread", calls.MPI_Init_thread(null, null, THREAD_MULTIPLE, at));
    });
    if (threads < THREAD_MULTIPLE) {
      throw new UsageError(
        `Cannot use ${path} (${version}): found thread level ${threads}, wanted ` +
          `${THREAD_MULTIPLE} (MPI_THREAD_MULTIPLE); install a build that has it`,
      );
    }
    const constants = this.#constants = abi.constants(path); // Open MPI has none before its start.
    const { world } = constants;
    calls.MPI_Comm_set_errhandler(world, constants.errorsReturn);
    this.rank = readInteger((at) => calls.MPI_Comm_rank(world, at));
    this.size = readInteger((at) => calls.MPI_Comm_size(world, at));
    const memory = new BigUint64Array(1);
    this.#check(
      "MPI_Comm_split_type",
      calls.MPI_Comm_split_type(world, constants.sharedMemory, 0, constants.noInfo, memory),
    );
    const machine: Handle = abi.read(memory);
    this.localRank = readInteger((at) => calls.MPI_Comm_rank(machine, at));
    this.localSize = readInteger((at) => calls.MPI_Comm_size(machine, at));
  }

  async allGather(mine: Uint8Array, all: Uint8Array): Promise<void> {
    const { byte, world } = this.#constants;
    const { length } = mine;
    await this.#wait(
      "MPI_Allgather",
      [mine, all],
      () => this.#calls.MPI_Allgather(raw(mine), length, byte, raw(all), length, byte, world),
    );
  }

  async allGatherBlocks(mine: Uint8Array, all: Uint8Array, blocks: Blocks): Promise<void> {
    const { byte, world } = this.#constants;
    const { lengths, starts } = blocks;
    await this.#wait("MPI_Allgatherv", [mine, all, blocks], () =>
      this.#calls
        .MPI_Allgatherv(raw(mine), mine.length, byte, raw(all), lengths, starts, byte, world));
  }

  async exchangeBlocks(
    mine: Uint8Array,
    theirs: Uint8Array,
    { send, receive }: { send: Blocks; receive: Blocks },
  ): Promise<void> {
    const { byte, world } = this.#constants;
    const out = [raw(mine), send.lengths, send.starts, byte] as const;
    const back = [raw(theirs), receive.lengths, receive.starts, byte] as const;
    await this.#wait(
      "MPI_Alltoallv",
      [mine, theirs, send, receive],
      () => this.#calls.MPI_Alltoallv(...out, ...back, world),
    );
  }

  async broadcast(bytes: Uint8Array, root: number): Promise<void> {
    const { byte, world } = this.#constants;
    await this.#wait(
      "MPI_Bcast",
      [bytes],
      () => this.#calls.MPI_Bcast(raw(bytes), bytes.length, byte, root, world),
    );
  }

  async abort(code: number): Promise<never> {
    const patience = new Promise((resolve) => setTimeout(resolve, ABORT_PATIENCE));
    await Promise.race([this.#calls.MPI_Abort(this.#constants.world, code), patience]);
    Deno.exit(code);
  }

  finish(): void {
    this.#check("MPI_Finalize", this.#calls.MPI_Finalize());
  }

  async #wait(name: string, pinned: unknown[], call: () => Promise<number>): Promise<void> {
    this.#pinned.add(pinned);
    try {
      this.#check(name, await call());
    } finally {
      this.#pinned.delete(pinned);
    }
  }

  #check(name: string, code: number): void {
    if (code === 0) return;
    const text = new Uint8Array(1024);
    const length = readInteger((at) => this.#calls.MPI_Error_string(code, text, at));
    const reason = new TextDecoder().decode(text.subarray(0, length)).trim();
    throw new Error(`Cannot go on, ${name} failed on rank ${this.rank}: ${reason || code}`);
  }
}

/** Reads one integer that a function writes. */
function readInteger(write: (memory: Int32Array<ArrayBuffer>) => unknown): number {
  const memory = new Int32Array(1);
  write(memory);
  return memory[0];
}

/** FFI's type excludes shared memory, which it takes nevertheless. */
function raw(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
