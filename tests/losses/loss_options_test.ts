import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { UsageError } from "../../src/errors.ts";
import { lossOptions } from "../../src/losses/loss_options.ts";

const TYPES = { scale: z.number().positive().default(20), mode: z.enum(["a", "b"]).default("a") };

Deno.test("lossOptions() fills in defaults and keeps what is given", () => {
  assertEquals(lossOptions("X", TYPES, {}), { scale: 20, mode: "a" });
  assertEquals(lossOptions("X", TYPES, { mode: "b", scale: 1 }), { scale: 1, mode: "b" });
});

Deno.test("lossOptions() refuses unknown names and values, and says what it wants", () => {
  const cases: [object, string][] = [
    [{ scal: 1 }, 'it has no option "scal"; its options are scale, mode; the nearest is "scale"'],
    [{ scale: 0 }, "scale is 0: "],
    [{ scale: "1" }, 'scale is "1": '],
    [{ mode: "c" }, 'mode is "c": '],
  ];
  for (const [options, message] of cases) {
    assertThrows(
      () => lossOptions("X", TYPES, options),
      UsageError,
      `Cannot set up X: ${message}`,
    );
  }
});
