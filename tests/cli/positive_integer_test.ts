import { assertEquals, assertThrows } from "@std/assert";
import { positiveInteger } from "../../src/cli/positive_integer.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("positiveInteger() reads a number, and nothing from nothing", () => {
  assertEquals(positiveInteger("batch-size", "32"), 32);
  assertEquals(positiveInteger("batch-size", undefined), undefined);
});

Deno.test("positiveInteger() refuses all else and names the flag", () => {
  const texts = ["0", "-1", "1.5", "", " 4", "1e3", "0x10", "many", "9007199254740993"];
  for (const text of texts) {
    assertThrows(
      () => positiveInteger("batch-size", text),
      UsageError,
      `Cannot read --batch-size: found "${text}", wanted a positive whole number`,
    );
  }
  assertEquals(texts.length, 9);
});
