import { assertEquals, assertStrictEquals } from "@std/assert";
import { readFailure } from "../../src/data/read_failure.ts";
import { InputError } from "../../src/errors.ts";

Deno.test("readFailure() says why, and keeps the cause", () => {
  const reasons: [Error, string][] = [
    [new Deno.errors.NotFound(), "no such file"],
    [
      new Deno.errors.NotCapable('Requires read access to "x.csv", run again with --allow-read'),
      "the permission to read x.csv is missing; add --allow-read=x.csv",
    ],
    [new Deno.errors.PermissionDenied(), "permission denied"],
    [new TypeError("bad bytes"), "not valid UTF-8 text"],
    [new Error("disk on fire"), "disk on fire"],
  ];
  for (const [cause, reason] of reasons) {
    const error = readFailure("x.csv", cause);
    assertEquals([error.name, error.message], ["InputError", `Cannot read x.csv: ${reason}`]);
    assertStrictEquals(error.cause, cause);
  }
  const error = new InputError("as it is");
  assertStrictEquals(readFailure("x.csv", error), error);
});
