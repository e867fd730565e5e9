import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { argumentGroups, argumentNames } from "../../../src/train/arguments/fields.ts";
import { flagOf } from "../../../src/train/arguments/flags.ts";
import { argumentsHelp } from "../../../src/train/arguments/help.ts";

Deno.test("argumentsHelp() describes each of the 120 arguments and the 2 later ones under the title of its group", () => {
  const lines = argumentsHelp(80).split("\n");
  assertEquals(
    lines.filter((line) => /^\S/.test(line)),
    argumentGroups.map(({ title }) => `${title}:`),
  );
  const flags = lines.flatMap((line) => /^ {2}(--\S+) {2}\(default: .+\)$/.exec(line)?.[1] ?? []);
  assertEquals(flags.length, 120 + 2);
  assertEquals(flags, argumentNames.map(flagOf));
});

Deno.test("argumentsHelp() tells default, meaning, type and unit", () => {
  assertStringIncludes(
    argumentsHelp(200),
    "\n  --save-steps  (default: 500)\n      Distance of two checkpoints; below 1 a share of all " +
      "steps, rounded up. Takes a number of at least 0, in optimizer steps.\n",
  );
});

Deno.test("argumentsHelp() tells what is not honoured", () => {
  const help = argumentsHelp(1000);
  for (
    const note of [
      "Only null, false: the rest is refused (meaningless on WebGPU, which cannot ask for that " +
      "format; leave it unset).",
      "Only the default: the rest is refused (meaningless on WebGPU: it has no TPU; leave it unset).",
      "Changes nothing: a parameter without gradient counts as one with gradient 0.",
      "in rows. Sets --per-device-train-batch-size.",
      "Sets --optim to adafactor.",
    ]
  ) assertStringIncludes(help, note);
});

Deno.test("argumentsHelp() keeps within the width and fills it", () => {
  for (const width of [40, 72, 100]) {
    const lines = argumentsHelp(width).split("\n").filter((line) => line.startsWith("      "));
    const long = lines.filter((line) => line.length > width);
    assert(long.every((line) => !line.trim().includes(" ")), `beyond ${width}: ${long[0]}`);
    assert(lines.some((line) => line.length === width), `no line of ${width}`);
  }
});

Deno.test("argumentsHelp() refuses a width that no text fits in", () => {
  for (const width of [39, 80.5, NaN]) {
    assertThrows(() => argumentsHelp(width), RangeError, `width is ${width}; wanted an integer`);
  }
});
