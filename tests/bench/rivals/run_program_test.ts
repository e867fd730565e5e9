import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_PYTORCH, runProgram, whyNot } from "../../../bench/rivals/run_program.ts";

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

Deno.test("whyNot tells a package that is missing from a program that fails", () => {
  const trace = [
    "Traceback (most recent call last):",
    "ModuleNotFoundError: No module named 'datasets'",
  ];
  assertEquals(whyNot("a.py", 1, trace), {
    missing: true,
    reason: `Python's datasets is missing: pip install "sentence-transformers[train]"`,
  });
  const reason = "a.py ended with SIGKILL: RuntimeError: CUDA out of memory";
  const said = ["a warning", "RuntimeError: CUDA out of memory", "the end"];
  assertEquals(whyNot("a.py", "SIGKILL", said), { missing: false, reason });
});
