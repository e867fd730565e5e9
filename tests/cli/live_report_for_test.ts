import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { liveReportFor } from "../../src/cli/live_report_for.ts";
import { captureOutput } from "../support/capture_output.ts";

Deno.test("liveReportFor() serves where --watch is given, and says where", async () => {
  assertEquals(liveReportFor("out", undefined), null);
  const text = await captureOutput(async () => {
    await using live = liveReportFor("out", "0");
    assert(live !== null);
    console.log(live.url);
  });
  const [first, second] = text.trimEnd().split("\n");
  assertEquals(first, `Watch the run at ${second}`);
});

Deno.test("liveReportFor() refuses what is no port", () => {
  for (const port of ["", "x", "-1", "65536", "1.5"]) {
    assertThrows(
      () => liveReportFor("out", port),
      UsageError,
      `Cannot read --watch: found "${port}"`,
    );
  }
});
