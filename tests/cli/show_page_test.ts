import { assertEquals, assertThrows } from "@std/assert";
import { showPage } from "../../src/cli/show_page.ts";
import { UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";

const PAGE = {
  command: "things",
  kind: "thing",
  page:
    "# Things\n\nAll.\n\n## FirstThing\n\nOne.\n\n**Short name:** `one`; more.\n\n## Second\n\nTwo.\n",
};

function shown(...tokens: string[]): Promise<string> {
  return captureOutput(() => showPage(tokens, PAGE));
}

Deno.test("showPage() prints the overview, or the section of a name in any form", async () => {
  assertEquals(await shown(), "Things\n\nAll.\n");
  assertEquals(await shown("Second"), "Second\n\nTwo.\n");
  const first = "FirstThing\n\nOne.\n\nShort name: one; more.\n";
  for (const name of ["FirstThing", "firstthing", "one"]) assertEquals(await shown(name), first);
});

Deno.test("showPage() refuses unknown names, flags, and more than one name", () => {
  const refuse = (tokens: string[], message: string) =>
    assertEquals(assertThrows(() => showPage(tokens, PAGE), UsageError).message, message);
  refuse(
    ["Secnod"],
    'Cannot show thing "Secnod": known are FirstThing, Second; the nearest is "Second"',
  );
  refuse(["zzzzzzzz"], 'Cannot show thing "zzzzzzzz": known are FirstThing, Second');
  refuse(["Second", "one"], 'Cannot read "one": things takes one name, or none');
  refuse(["--all"], "Cannot read --all: things takes no flags");
});
