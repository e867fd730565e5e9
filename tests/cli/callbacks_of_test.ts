import { assertEquals, assertThrows } from "@std/assert";
import { callbacksOf } from "../../src/cli/callbacks_of.ts";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { UsageError } from "../../src/errors.ts";

const namesOf = async (flags: string) =>
  callbacksOf(await readRunInputs(flags.split(" ").filter((flag) => flag !== "")))
    .map(({ constructor }) => constructor.name);

Deno.test("callbacksOf() makes the callbacks that flags ask for", async () => {
  assertEquals(await namesOf(""), []);
  const flags =
    "--gradient-histograms 10 --early-stopping-patience 2 --early-stopping-threshold 0.1";
  assertEquals(await namesOf(flags), ["EarlyStoppingCallback", "GradientHistogramCallback"]);
});

Deno.test("callbacksOf() refuses a flag that needs another one, and numbers without sense", async () => {
  const cases = {
    "--early-stopping-threshold 0.1":
      "Cannot use --early-stopping-threshold 0.1 without --early-stopping-patience",
    "--gradient-histograms 0": "Cannot read --gradient-histograms",
    "--early-stopping-patience x": "Cannot read --early-stopping-patience",
  };
  for (const [flags, message] of Object.entries(cases)) {
    const inputs = await readRunInputs(flags.split(" "));
    assertThrows(() => callbacksOf(inputs), UsageError, message);
  }
});
