import { assertEquals } from "@std/assert";
import { PROGRAM, programName } from "../../src/cli/program_name.ts";
import { withEnvironment } from "../support/with_environment.ts";

Deno.test("programName() is what SENTRAIN_COMMAND says, else Deno's command", async () => {
  for (const [value, name] of [["./dev", "./dev"], ["", PROGRAM], [undefined, PROGRAM]] as const) {
    await withEnvironment({ SENTRAIN_COMMAND: value }, () => assertEquals(programName(), name));
  }
});
