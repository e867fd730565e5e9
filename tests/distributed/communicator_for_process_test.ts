import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { communicatorForProcess } from "../../src/distributed/communicator_for_process.ts";
import { SingleProcess } from "../../src/distributed/single_process.ts";
import { runRanks } from "../support/mpi.ts";

const MODULE = new URL("../../src/distributed/communicator_for_process.ts", import.meta.url);

/** Asks for a communicator in an environment, and gives back what is said on standard error. */
async function refusal(env: Record<string, string>): Promise<string> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["eval", "--no-check"],
      `import { communicatorForProcess } from "${MODULE}"; communicatorForProcess();`,
    ],
    env: { NO_COLOR: "1", ...env },
  }).output();
  assertEquals(code, 1);
  return new TextDecoder().decode(stderr);
}

Deno.test("communicatorForProcess needs no MPI where no launcher started the process", () => {
  assert(communicatorForProcess() instanceof SingleProcess);
});

Deno.test("communicatorForProcess takes MPI under a launcher, also with one rank", async () => {
  const { code, out } = await runRanks("collectives.ts", { ranks: 1 });
  assertEquals([code, out], [0, "rank 0 of 1: 20 checks\n"]);
});

Deno.test("communicatorForProcess refuses a launcher of another library, or none", async () => {
  assertStringIncludes(
    await refusal({ PMI_RANK: "0", PMI_SIZE: "2", SENTRAIN_MPI_LIBRARY: "libmpi.so.40" }),
    "with this launcher: found a job of 1 by the library, wanted one of 2 by PMI_RANK; set " +
      "SENTRAIN_MPI_LIBRARY to the library that goes with the launcher",
  );
  assertStringIncludes(
    await refusal({ PMI_RANK: "0", PMI_SIZE: "2", SENTRAIN_MPI_LIBRARY: "libnowhere.so" }),
    "Cannot load libnowhere.so of SENTRAIN_MPI_LIBRARY",
  );
});
