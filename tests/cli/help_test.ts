import { assert, assertEquals, assertThrows } from "@std/assert";
import { helpText, unknownCommand } from "../../src/cli/help.ts";
import { OWN_FLAGS } from "../../src/cli/run_inputs.ts";
import { UsageError } from "../../src/errors.ts";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { argumentGroups, argumentNames } from "../../src/train/arguments/fields.ts";
import { flagOf } from "../../src/train/arguments/flags.ts";

const COMMANDS = [
  "train",
  "evaluate",
  "encode",
  "export",
  "losses",
  "evaluators",
  "report",
  "doctor",
  "tune",
  "completions",
  "help",
];

Deno.test("helpText() lists every command, and has a text for each", () => {
  const overview = helpText(undefined, 100);
  for (const command of COMMANDS) {
    assert(new RegExp(`^  ${command} {2}`, "m").test(overview), command);
    assert(helpText(command, 100).startsWith(`Usage: deno run -A cli.ts ${command}`), command);
  }
  assertEquals(overview.match(/^ {2}\w+ {2}/gm)?.length, COMMANDS.length);
});

Deno.test("helpText() says how the program was called", () => {
  for (const command of [undefined, ...COMMANDS]) {
    const text = helpText(command, 100, "$0 ./dev");
    assert(text.startsWith(`Usage: $0 ./dev ${command ?? "COMMAND"}`), command);
    assert(!text.includes("cli.ts") || text.includes("--name sentrain cli.ts"), command);
  }
});

Deno.test("helpText() of train has every flag, loss, evaluator and group", () => {
  const lines = helpText("train", 100).split("\n");
  const flags = lines.flatMap((line) => /^ {2}(--[\w-]+) /.exec(line)?.[1] ?? []);
  const wanted = [...Object.keys(OWN_FLAGS), ...argumentNames].map(flagOf);
  assertEquals(wanted.length, 122 + 26);
  assertEquals(wanted.filter((flag) => !flags.includes(flag)), []);
  const named = [...LOSS_NAMES, ...EVALUATOR_NAMES];
  assert(named.length >= 4);
  assertEquals(named.filter((name) => !lines.some((line) => line.endsWith(` ${name}`))), []);
  assertEquals(argumentGroups.length, 13);
  assertEquals(argumentGroups.filter(({ title }) => !lines.includes(`${title}:`)), []);
});

Deno.test("helpText() of train tells which defaults the job without a dataset has", () => {
  const help = helpText("train", 100).replaceAll(/\s+/g, " ");
  for (const value of ["--num-train-epochs 0.4", "--save-total-limit 2", "--learning-rate 0.002"]) {
    assert(help.includes(` ${value} `), value);
  }
});

Deno.test("helpText() keeps to the width", () => {
  for (const command of COMMANDS) {
    const longest = Math.max(...helpText(command, 100).split("\n").map((line) => line.length));
    assert(longest <= 100, `${command}: ${longest}`);
  }
});

Deno.test("helpText() refuses an unknown command as unknownCommand() says", () => {
  assertEquals(
    assertThrows(() => helpText("trian", 100), UsageError).message,
    'Cannot run "trian": the commands are train, evaluate, encode, export, losses, evaluators, report, ' +
      'doctor, tune, completions, help; the nearest is "train"',
  );
  assertThrows(() => helpText("toString", 100), UsageError);
  assertEquals(
    unknownCommand("serve").message,
    'Cannot run "serve": the commands are train, evaluate, encode, export, losses, evaluators, ' +
      "report, doctor, tune, completions, help",
  );
});
