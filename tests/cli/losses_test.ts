import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { losses } from "../../src/cli/losses.ts";
import { UsageError } from "../../src/errors.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { captureOutput } from "../support/capture_output.ts";

Deno.test("losses() names every loss in the overview, and has a section for each", async () => {
  const overview = await captureOutput(() => losses());
  assertEquals(LOSS_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(overview)), []);
  let count = 0;
  for (const name of LOSS_NAMES) {
    const section = await captureOutput(() => losses([name]));
    assertEquals(section.startsWith(`${name}\n\n`), true, name);
    count++;
  }
  assertEquals(count >= 12, true);
});

Deno.test("losses() says of one what it is", async () => {
  assertStringIncludes(
    await captureOutput(() => losses(["CoSENTLoss"])),
    "Brings the similarities",
  );
});

Deno.test("losses() names the nearest to a loss that is unknown", () => {
  assertThrows(() => losses(["CoSENTLosss"]), UsageError, 'the nearest is "CoSENTLoss"');
});
