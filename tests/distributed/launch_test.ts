import { assertEquals } from "@std/assert";
import { findLaunch, type Launch } from "../../src/distributed/launch.ts";

Deno.test("findLaunch tells a launcher by what it leaves in the environment", () => {
  const cases: [Record<string, string>, Launch | null][] = [
    [{}, null],
    [{ PATH: "/bin", SLURM_NTASKS: "4" }, null],
    [
      { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "4", PMIX_RANK: "1" },
      { variable: "OMPI_COMM_WORLD_RANK", size: 4, family: "Open MPI" },
    ],
    [
      { PMI_RANK: "0", PMI_SIZE: "2" },
      { variable: "PMI_RANK", size: 2, family: "MPICH" },
    ],
    [{ PMIX_RANK: "0" }, { variable: "PMIX_RANK", size: null, family: null }],
    [
      { PMIX_RANK: "0", SLURM_STEP_NUM_TASKS: "8" },
      { variable: "PMIX_RANK", size: 8, family: null },
    ],
  ];
  for (const [environment, expected] of cases) assertEquals(findLaunch(environment), expected);
  assertEquals(cases.length, 6);
});
