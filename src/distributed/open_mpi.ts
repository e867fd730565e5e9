/**
 * The binary interface of Open MPI 3 to 5.
 *
 * @module
 */
import type { Handle, MpiAbi, MpiConstants } from "./mpi_abi.ts";

/**
 * Handles are addresses of objects in the library. They are asked for by the integers that Fortran
 * has for them, which are part of the interface; the addresses themselves cannot be read by FFI.
 * Source: `ompi/include/mpif-values.pl` (3 and 4), `ompi/include/mpif-values.py` (5).
 */
export const OPEN_MPI: MpiAbi = {
  name: "Open MPI",
  handle: "pointer",
  libraries: {
    linux: ["libmpi.so.40", "libmpi.so"],
    darwin: [
      "libmpi.40.dylib",
      "/opt/homebrew/lib/libmpi.40.dylib",
      "/usr/local/lib/libmpi.40.dylib",
      "/opt/local/lib/openmpi-mp/libmpi.40.dylib",
      "libmpi.dylib",
    ],
  },
  constants(path: string): MpiConstants {
    const library = Deno.dlopen(path, {
      MPI_Comm_f2c: { parameters: ["i32"], result: "pointer" },
      MPI_Type_f2c: { parameters: ["i32"], result: "pointer" },
      MPI_Info_f2c: { parameters: ["i32"], result: "pointer" },
      MPI_Errhandler_f2c: { parameters: ["i32"], result: "pointer" },
    });
    const { symbols } = library;
    const constants = {
      world: symbols.MPI_Comm_f2c(0),
      byte: symbols.MPI_Type_f2c(1),
      noInfo: symbols.MPI_Info_f2c(0),
      errorsReturn: symbols.MPI_Errhandler_f2c(2),
      sharedMemory: 0,
    };
    library.close();
    return constants;
  },
  read: (memory: BigUint64Array<ArrayBuffer>): Handle => Deno.UnsafePointer.create(memory[0]),
};
