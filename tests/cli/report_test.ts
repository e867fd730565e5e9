import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { InputError, UsageError } from "../../src/errors.ts";
import { report } from "../../src/cli/report.ts";
import { captureOutput } from "../support/capture_output.ts";
import { withFolder } from "../support/with_folder.ts";

const STATE = '{"log_history": [{"loss": 1, "step": 1}]}';

Deno.test("report() writes the page of a run beside it, or where --output says", async () => {
  await withFolder(
    { "a/trainer_state.json": STATE, "b/trainer_state.json": STATE },
    async (folder) => {
      const [a, b] = [`${folder}/a`, `${folder}/b`];
      assertEquals(await captureOutput(() => report([a])), `Wrote ${a}/report.html\n`);
      assertMatch(await Deno.readTextFile(`${a}/report.html`), /^<!doctype html>/);
      const file = `${folder}/both.html`;
      assertEquals(await captureOutput(() => report([a, b, "--output", file])), `Wrote ${file}\n`);
      assertMatch(await Deno.readTextFile(file), /<title>2 runs<\/title>/);
    },
  );
});

Deno.test("report() refuses a line without a run, or with a flag that there is not", async () => {
  assertThrows(() => report([]), UsageError, "Cannot report: there is no run");
  assertThrows(() => report(["a", "--outptu=b"]), UsageError, "the nearest is --output");
  await withFolder({}, (folder) => {
    assertThrows(() => report([folder]), InputError, `Cannot read the run in ${folder}`);
  });
});
