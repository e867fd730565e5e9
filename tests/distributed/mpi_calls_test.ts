import { assertThrows } from "@std/assert";
import { openMpiCalls } from "../../src/distributed/mpi_calls.ts";
import { MPICH } from "../../src/distributed/mpich.ts";
import { OPEN_MPI } from "../../src/distributed/open_mpi.ts";

Deno.test("openMpiCalls refuses a library that lacks a function, naming it", () => {
  const path = Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  for (const abi of [OPEN_MPI, MPICH]) {
    assertThrows(() => openMpiCalls(path, abi), Error, "symbol MPI_");
  }
});
