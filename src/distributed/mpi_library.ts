/**
 * Finds the MPI library of this machine.
 *
 * @module
 */
import { environmentVariable } from "../host/environment.ts";
import { UsageError } from "../errors.ts";
import type { MpiAbi } from "./mpi_abi.ts";
import { MPICH } from "./mpich.ts";
import { OPEN_MPI } from "./open_mpi.ts";

/** Names the library where it is not found, or not the right one. */
export const LIBRARY_VARIABLE = "SENTRAIN_MPI_LIBRARY";

/** A library that can be opened. */
export interface MpiLibrary {
  /** Name or path to open it by. */
  readonly path: string;
  /** Its binary interface. */
  readonly abi: MpiAbi;
  /** First line of what it says of itself. */
  readonly version: string;
}

/** Where to look. */
export interface LibrarySearch {
  /** The family that goes with the launcher: it is looked for first. Default: Open MPI. */
  family?: MpiAbi["name"] | null;
  /** The library's name or path; nothing else is tried. Default: as {@linkcode LIBRARY_VARIABLE} says. */
  path?: string;
}

/** Longest text of `MPI_Get_library_version` among known libraries. Unit: bytes. */
const VERSION_BYTES = 8192;

/**
 * Finds a library and tells its binary interface: Open MPI exports `ompi_mpi_comm_world`, the others
 * say in `MPI_Get_library_version` who they are.
 *
 * @param search Where to look.
 * @returns The library.
 * @throws {UsageError} If there is none, or it cannot be used.
 */
export function findMpiLibrary(
  { family = null, path = environmentVariable(LIBRARY_VARIABLE) }: LibrarySearch = {},
): MpiLibrary {
  if (path !== undefined && path !== "") {
    const result = probe(path);
    if (typeof result !== "string") return result;
    throw new UsageError(
      `Cannot load ${path} of ${LIBRARY_VARIABLE}: ${result}; name an MPI library, or unset it`,
    );
  }
  const families = family === "MPICH" ? [MPICH, OPEN_MPI] : [OPEN_MPI, MPICH];
  const names = [...new Set(families.flatMap(({ libraries }) => libraries[Deno.build.os] ?? []))];
  const failures: string[] = [];
  for (const name of names) {
    const result = probe(name);
    if (typeof result !== "string") return result;
    // A library that merely is not there needs no second word.
    if (!result.includes(`${name}: cannot open`)) failures.push(`${name}: ${result}`);
  }
  throw new UsageError(
    `Cannot find an MPI library: found none of ${names.join(", ") || "no known names"} on ` +
      `${Deno.build.os}${failures.map((failure) => ` (${failure})`).join("")}; ` +
      `${installation(family)}, or set ${LIBRARY_VARIABLE} to the library of your launcher`,
  );
}

function installation(family: MpiAbi["name"] | null): string {
  const [debian, brew] = family === "MPICH" ? ["mpich", "mpich"] : ["openmpi-bin", "open-mpi"];
  return `install MPI (Debian and Ubuntu: apt-get install ${debian}; macOS: brew install ${brew})`;
}

/** The library, or why it cannot be used. */
function probe(path: string): MpiLibrary | string {
  let library;
  try {
    library = Deno.dlopen(path, {
      MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
      ompi_mpi_comm_world: { type: "pointer", optional: true },
    });
  } catch (error) {
    return (error as Error).message.replace(/\s+/g, " ");
  }
  const text = new Uint8Array(VERSION_BYTES);
  const length = new Int32Array(1);
  const { MPI_Get_library_version, ompi_mpi_comm_world } = library.symbols;
  MPI_Get_library_version(text, length);
  library.close();
  const version = new TextDecoder().decode(text.subarray(0, length[0])).split(/[\n\0]/)[0].trim()
    .replace(/\s+/g, " ");
  const abi = familyOf(version, ompi_mpi_comm_world !== null);
  if (abi === null) {
    return `found "${version}", wanted Open MPI, MPICH or a library with the interface of one`;
  }
  return { path, abi, version };
}

/**
 * Tells the binary interface of a library.
 *
 * @param version What `MPI_Get_library_version` says.
 * @param hasOpenMpiSymbols Whether it exports `ompi_mpi_comm_world`.
 * @returns The interface, or null where it is another.
 */
export function familyOf(version: string, hasOpenMpiSymbols: boolean): MpiAbi | null {
  if (hasOpenMpiSymbols) return OPEN_MPI;
  return /MPICH|MVAPICH|Intel\(R\) MPI/i.test(version) ? MPICH : null;
}
