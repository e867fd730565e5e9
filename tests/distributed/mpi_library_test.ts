import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { familyOf, findMpiLibrary } from "../../src/distributed/mpi_library.ts";
import { MPICH } from "../../src/distributed/mpich.ts";
import { OPEN_MPI } from "../../src/distributed/open_mpi.ts";

Deno.test("findMpiLibrary finds Open MPI by name and tells its interface", () => {
  const { path, abi, version } = findMpiLibrary({ family: "Open MPI", path: "" });
  assertEquals([path, abi], ["libmpi.so.40", OPEN_MPI]);
  assertMatch(version, /^Open MPI v\d/);
  assertEquals(findMpiLibrary({ path: "libmpi.so.40" }), { path, abi, version });
});

Deno.test("findMpiLibrary says why the library that it was told of cannot be used", () => {
  assertThrows(
    () => findMpiLibrary({ path: "/nowhere/libmpi.so" }),
    UsageError,
    "Cannot load /nowhere/libmpi.so of SENTRAIN_MPI_LIBRARY: Could not open library",
  );
  assertThrows(
    () => findMpiLibrary({ path: "libc.so.6" }),
    UsageError,
    "MPI_Get_library_version",
  );
});

Deno.test("findMpiLibrary says what to install where there is none", () => {
  const find = (family: "Open MPI" | "MPICH") => {
    const { dlopen } = Deno;
    Deno.dlopen = (path) => {
      throw new Error(`Could not open library: ${path}: cannot open shared object file`);
    };
    try {
      findMpiLibrary({ family, path: "" });
    } finally {
      Deno.dlopen = dlopen;
    }
  };
  assertThrows(
    () => find("Open MPI"),
    UsageError,
    "Cannot find an MPI library: found none of libmpi.so.40, libmpi.so, libmpich.so.12, " +
      "libmpi.so.12, libmpich.so on linux; install MPI (Debian and Ubuntu: apt-get install " +
      "openmpi-bin; macOS: brew install open-mpi), or set SENTRAIN_MPI_LIBRARY",
  );
  assertThrows(
    () => find("MPICH"),
    UsageError,
    "found none of libmpich.so.12, libmpi.so.12, libmpich.so, libmpi.so, libmpi.so.40 on linux; " +
      "install MPI (Debian and Ubuntu: apt-get install mpich; macOS: brew install mpich)",
  );
});

Deno.test("familyOf tells interfaces by symbols and by what libraries say of themselves", () => {
  assertEquals(familyOf("Open MPI v5.0.3", true), OPEN_MPI);
  assertEquals(familyOf("MPICH Version:\t4.0.2", false), MPICH);
  assertEquals(familyOf("Intel(R) MPI Library 2021.11 for Linux* OS", false), MPICH);
  assertEquals(familyOf("MVAPICH2 Version      : 2.3.7", false), MPICH);
  assertEquals(familyOf("HPE MPT 2.28", false), null);
});
