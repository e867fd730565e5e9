import { assertEquals } from "@std/assert";
import { OPEN_MPI } from "../../src/distributed/open_mpi.ts";
import { runRanks } from "../support/mpi.ts";

Deno.test("OPEN_MPI's handles are the addresses of the objects that C programs name", async () => {
  const { code, out, err } = await runRanks("open_mpi_handles.ts", { ranks: 1 });
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out.trim().split("\n"),
    ["comm_world", "byte", "info_null", "errors_return"].map((name) => `Open MPI ${name} true`),
  );
});

Deno.test("OPEN_MPI.read takes the pointer that the library wrote", () => {
  const memory = BigUint64Array.of(0x7f00_1234_5678n);
  assertEquals(
    Deno.UnsafePointer.value(OPEN_MPI.read(memory) as Deno.PointerValue),
    0x7f00_1234_5678n,
  );
});
