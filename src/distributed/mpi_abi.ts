/**
 * What differs between libraries that speak MPI: handles are pointers in one family, integers in the
 * other, and named constants have other values.
 *
 * @module
 */

/** A communicator, a type or the like, as the library has it. */
export type Handle = Deno.PointerValue | number;

/** The handles that are named constants in C. */
export interface MpiConstants {
  /** `MPI_COMM_WORLD`. */
  readonly world: Handle;
  /** `MPI_BYTE`. */
  readonly byte: Handle;
  /** `MPI_INFO_NULL`. */
  readonly noInfo: Handle;
  /** `MPI_ERRORS_RETURN`. */
  readonly errorsReturn: Handle;
  /** `MPI_COMM_TYPE_SHARED`. */
  readonly sharedMemory: number;
}

/** A family of libraries with the same binary interface. */
export interface MpiAbi {
  /** Its best-known member. */
  readonly name: "Open MPI" | "MPICH";
  /** How its handles are passed. */
  readonly handle: "pointer" | "i32";
  /** Names under which the library is looked for, by operating system, the likeliest first. */
  readonly libraries: Partial<Record<typeof Deno.build.os, readonly string[]>>;
  /**
   * The constants.
   *
   * @param path The library.
   * @returns The constants.
   */
  constants(path: string): MpiConstants;
  /**
   * Reads a handle that the library wrote.
   *
   * @param memory Where it wrote it.
   * @returns The handle.
   */
  read(memory: BigUint64Array<ArrayBuffer>): Handle;
}
