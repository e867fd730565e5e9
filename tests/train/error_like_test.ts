import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  DeviceError,
  InputError,
  OutOfMemoryError,
  OutputError,
  UsageError,
} from "../../src/errors.ts";
import { errorLike } from "../../src/train/error_like.ts";

Deno.test("errorLike() keeps the four classes that may be caught, and the cause", () => {
  for (const Kind of [UsageError, InputError, OutputError, DeviceError]) {
    const cause = new Kind("before");
    const error = errorLike(cause, "after");
    assertEquals([error.constructor, error.message], [Kind, "after"]);
    assertStrictEquals(error.cause, cause);
  }
  assertEquals(errorLike(new OutOfMemoryError("before"), "after").constructor, DeviceError);
  for (const cause of [new TypeError("before"), "a text", undefined]) {
    const error = errorLike(cause, "after");
    assertEquals([error.constructor, error.cause], [Error, cause]);
  }
});
