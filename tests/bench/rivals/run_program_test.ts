import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_PYTORCH, runProgram } from "../../../bench/rivals/run_program.ts";

const counts = { warmup: 0, times: 1, runs: 1 };
const host = { python: null, environment: {} };

Deno.test("runProgram says what to install where there is no PyTorch", async () => {
  assertEquals(await runProgram("pytorch_step.py", [], { host, counts }), NO_PYTORCH);
});

Deno.test("runProgram tells why a program did not run", async () => {
  const flags = ["--task", "no/such/task.json"];
  const result = await runProgram("sentrain_step.ts", flags, { host, counts });
  assert("reason" in result);
  assert(!result.missing);
  assertStringIncludes(result.reason, "sentrain_step.ts ended with 1");
  assertStringIncludes(result.reason, "no/such/task.json");
});
