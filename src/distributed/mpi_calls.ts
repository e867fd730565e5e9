/**
 * The functions of an MPI library that are used, as FFI sees them.
 *
 * @module
 */
import type { Handle, MpiAbi } from "./mpi_abi.ts";

/** Memory that a function reads or writes. */
export type Memory = BufferSource | null;

/** The functions. Each returns 0 or an error code; those that wait for other ranks return later. */
export interface MpiCalls {
  /** Starts MPI, or fails. */
  MPI_Init_thread(argc: Memory, argv: Memory, required: number, provided: Memory): number;
  /** Whether MPI was started. */
  MPI_Initialized(flag: Memory): number;
  /** Ends MPI. */
  MPI_Finalize(): number;
  /** Whether MPI has ended. */
  MPI_Finalized(flag: Memory): number;
  /** What an error code means. */
  MPI_Error_string(code: number, text: Memory, length: Memory): number;
  /** What happens where a function fails. */
  MPI_Comm_set_errhandler(comm: Handle, handler: Handle): number;
  /** The number of this process. */
  MPI_Comm_rank(comm: Handle, rank: Memory): number;
  /** The number of processes. */
  MPI_Comm_size(comm: Handle, size: Memory): number;
  /** Groups processes by what they share. */
  MPI_Comm_split_type(
    comm: Handle,
    type: number,
    key: number,
    info: Handle,
    group: Memory,
  ): number;
  /** Ends all processes. */
  MPI_Abort(comm: Handle, code: number): Promise<number>;
  /** Blocks of the same size from all to all. */
  MPI_Allgather(
    send: Memory,
    sendCount: number,
    sendType: Handle,
    receive: Memory,
    receiveCount: number,
    receiveType: Handle,
    comm: Handle,
  ): Promise<number>;
  /** Blocks from all to all. */
  MPI_Allgatherv(
    send: Memory,
    sendCount: number,
    sendType: Handle,
    receive: Memory,
    receiveCounts: Memory,
    receiveStarts: Memory,
    receiveType: Handle,
    comm: Handle,
  ): Promise<number>;
  /** Other blocks to every rank. */
  MPI_Alltoallv(
    send: Memory,
    sendCounts: Memory,
    sendStarts: Memory,
    sendType: Handle,
    receive: Memory,
    receiveCounts: Memory,
    receiveStarts: Memory,
    receiveType: Handle,
    comm: Handle,
  ): Promise<number>;
  /** One rank's bytes to all. */
  MPI_Bcast(
    memory: Memory,
    count: number,
    type: Handle,
    root: number,
    comm: Handle,
  ): Promise<number>;
}

/**
 * Opens a library.
 *
 * @param path Its name or path.
 * @param abi Its binary interface.
 * @returns Its functions.
 */
export function openMpiCalls(path: string, abi: MpiAbi): MpiCalls {
  const h = abi.handle;
  const call = (...parameters: Deno.NativeType[]) => ({ parameters, result: "i32" as const });
  const waiting = (...parameters: Deno.NativeType[]) => ({
    ...call(...parameters),
    nonblocking: true,
  });
  const { symbols } = Deno.dlopen(path, {
    MPI_Init_thread: call("buffer", "buffer", "i32", "buffer"),
    MPI_Initialized: call("buffer"),
    MPI_Finalize: call(),
    MPI_Finalized: call("buffer"),
    MPI_Error_string: call("i32", "buffer", "buffer"),
    MPI_Comm_set_errhandler: call(h, h),
    MPI_Comm_rank: call(h, "buffer"),
    MPI_Comm_size: call(h, "buffer"),
    MPI_Comm_split_type: call(h, "i32", "i32", h, "buffer"),
    MPI_Abort: waiting(h, "i32"),
    MPI_Allgather: waiting("buffer", "i32", h, "buffer", "i32", h, h),
    MPI_Allgatherv: waiting("buffer", "i32", h, "buffer", "buffer", "buffer", h, h),
    MPI_Alltoallv: waiting(
      ...["buffer", "buffer", "buffer", h] as const,
      ...["buffer", "buffer", "buffer", h, h] as const,
    ),
    MPI_Bcast: waiting("buffer", "i32", h, "i32", h),
  });
  return symbols as unknown as MpiCalls;
}
