/**
 * The binary interface of MPICH 3 and 4, which Intel MPI, MVAPICH and Cray MPICH share.
 *
 * @module
 */
import type { Handle, MpiAbi, MpiConstants } from "./mpi_abi.ts";

/** Handles are integers. Source: `src/include/mpi.h.in` of MPICH. */
export const MPICH: MpiAbi = {
  name: "MPICH",
  handle: "i32",
  libraries: {
    linux: ["libmpich.so.12", "libmpi.so.12", "libmpich.so", "libmpi.so"],
    darwin: [
      "libmpi.12.dylib",
      "/opt/homebrew/lib/libmpi.12.dylib",
      "/usr/local/lib/libmpi.12.dylib",
      "/opt/local/lib/mpich-mp/libmpi.12.dylib",
    ],
  },
  constants: (): MpiConstants => ({
    world: 0x44000000,
    byte: 0x4c00010d,
    noInfo: 0x1c000000,
    errorsReturn: 0x54000001,
    sharedMemory: 1,
  }),
  read: (memory: BigUint64Array<ArrayBuffer>): Handle => new Int32Array(memory.buffer)[0],
};
