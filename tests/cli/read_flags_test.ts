import { assertEquals, assertThrows } from "@std/assert";
import { readFlags } from "../../src/cli/read_flags.ts";
import { UsageError } from "../../src/errors.ts";
import type { OwnFlag } from "../../src/train/arguments/flags.ts";

const KNOWN: Record<string, OwnFlag> = {
  "model": { takes: "text" },
  "batch-size": { takes: "text" },
  "eval-dataset": { takes: "texts" },
};

function read(...tokens: string[]): { flags: [string, readonly string[]][]; rest: string[] } {
  const { flags, rest } = readFlags("encode", tokens, KNOWN);
  return { flags: [...flags], rest: [...rest] };
}

function assertRefused(tokens: string[], message: string): void {
  assertEquals(assertThrows(() => read(...tokens), UsageError).message, message);
}

Deno.test("readFlags() takes either spelling, and a value after a space or =", () => {
  for (const tokens of [["--batch-size", "4"], ["--batch_size", "4"], ["--batch_size=4"]]) {
    assertEquals(read(...tokens), { flags: [["batch-size", ["4"]]], rest: [] });
  }
  assertEquals(read("--model=a=b").flags, [["model", ["a=b"]]]);
  assertEquals(read("--model=--x").flags, [["model", ["--x"]]]);
  assertEquals(read("--model=").flags, [["model", [""]]]);
});

Deno.test("readFlags() collects repeated flags and what is no flag", () => {
  assertEquals(read("a", "--eval-dataset", "x", "-", "--eval-dataset", "y", "b"), {
    flags: [["eval-dataset", ["x", "y"]]],
    rest: ["a", "-", "b"],
  });
  assertEquals(read("--model", "-", "--", "--model", "-x"), {
    flags: [["model", ["-"]]],
    rest: ["--model", "-x"],
  });
});

Deno.test("readFlags() refuses unknown flags, and values missing or given twice", () => {
  const known = "the flags of encode are --model, --batch-size, --eval-dataset";
  assertRefused(["--modle=m"], `Cannot read --modle: ${known}; the nearest is --model`);
  assertRefused(["--xylophone"], `Cannot read --xylophone: ${known}`);
  assertRefused(["--toString=1"], `Cannot read --toString: ${known}`);
  const missing = "Cannot read --model: its value is missing; put it after the flag";
  assertRefused(["--model"], missing);
  assertRefused(["--model", "--batch-size", "4"], missing);
  assertRefused(
    ["--model", "a", "--model", "b"],
    "Cannot read --model: it is given twice; keep one",
  );
  assertThrows(
    () => readFlags("doctor", ["--all"], {}),
    UsageError,
    "Cannot read --all: doctor takes no flags",
  );
});
