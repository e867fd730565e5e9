import { assert, assertEquals } from "@std/assert";
import { failureOf } from "../../src/cli/failure.ts";
import { StoppedRun } from "../../src/cli/stop_signals.ts";
import { DeviceError, InputError, OutputError, UsageError } from "../../src/errors.ts";

Deno.test("failureOf() is the message and the exit code of an expected error", () => {
  assertEquals(failureOf(new UsageError("Cannot read --x"), false), {
    message: "Cannot read --x",
    code: 2,
  });
  for (const Kind of [InputError, OutputError, DeviceError]) {
    assertEquals(failureOf(new Kind("Cannot go on"), false), { message: "Cannot go on", code: 1 });
  }
});

Deno.test("failureOf() ends a run that a signal stopped as shells count", () => {
  assertEquals(failureOf(new StoppedRun("Stopped by SIGTERM", 143), true), {
    message: "Stopped by SIGTERM",
    code: 143,
  });
});

Deno.test("failureOf() makes one line of a message", () => {
  assertEquals(
    failureOf(new InputError("Cannot read a.json:\n  found {\n\n"), false).message,
    "Cannot read a.json: found {",
  );
});

Deno.test("failureOf() names the kind of an unexpected error", () => {
  assertEquals(failureOf(new TypeError("x is undefined"), false), {
    message: "Cannot go on, unexpected TypeError: x is undefined; " +
      "set SENTRAIN_DEBUG=1 to see where it arose",
    code: 1,
  });
  assertEquals(
    failureOf("text", false).message,
    "Cannot go on, unexpected error: text; set SENTRAIN_DEBUG=1 to see where it arose",
  );
});

Deno.test("failureOf() says which flag gives a permission that is missing", () => {
  const cause = new Deno.errors.NotCapable('Requires run access to "ls", run again with the flag');
  for (const error of [cause, new Error("Cannot go on", { cause })]) {
    assertEquals(failureOf(error, false), {
      message: "Cannot go on: the permission to run ls is missing; add --allow-run=ls",
      code: 1,
    });
  }
});

Deno.test("failureOf() adds the stack trace where it is wanted", () => {
  const error = new UsageError("Cannot read --x");
  const { message, code } = failureOf(error, true);
  assertEquals([message, code], [`Cannot read --x\n${error.stack}`, 2]);
  assert(message.includes("failure_test.ts"));
});
