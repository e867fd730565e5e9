import { assertEquals, assertMatch } from "@std/assert";
import { defaultLoggingDirectory } from "../../src/reporters/default_logging_directory.ts";

Deno.test("defaultLoggingDirectory() is named after date and machine", () => {
  const options = { date: new Date(2026, 1, 3, 4, 5, 6), host: "box" };
  assertEquals(defaultLoggingDirectory("out", options), "out/runs/Feb03_04-05-06_box");
  assertMatch(
    defaultLoggingDirectory("a"),
    /^a\/runs\/[A-Z][a-z]{2}\d\d(_|-)\d\d-\d\d-\d\d_[\w.-]+$/,
  );
});
