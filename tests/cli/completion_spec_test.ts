import { assert, assertEquals } from "@std/assert";
import { completionSpec } from "../../src/cli/completion_spec.ts";
import { helpText } from "../../src/cli/help.ts";
import { OWN_FLAGS } from "../../src/cli/run_inputs.ts";
import { EVALUATOR_NAMES } from "../../src/evaluators/names.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { argumentNames } from "../../src/train/arguments/fields.ts";
import { flagOf } from "../../src/train/arguments/flags.ts";

const SPEC = completionSpec();

function flagsOf(command: string) {
  return new Map(SPEC.find(({ name }) => name === command)!.flags.map((flag) => [flag.flag, flag]));
}

Deno.test("completionSpec() has the commands of the help text, each with a few words", () => {
  const overview = helpText(undefined, 100);
  assertEquals(SPEC.length, overview.match(/^ {2}\w+ {2}/gm)!.length);
  assert(SPEC.length >= 11);
  for (const { name, doc } of SPEC) {
    assert(overview.includes(`  ${name} `) && doc.length > 10 && !doc.includes(";"), name);
  }
});

Deno.test("completionSpec() has every flag of train, those of its own and all arguments", () => {
  const flags = flagsOf("train");
  assertEquals(
    [...flags.keys()].sort(),
    [...Object.keys(OWN_FLAGS), ...argumentNames].map(flagOf).sort(),
  );
  for (const { flag, doc } of flags.values()) {
    assert(doc.length > 5 && !doc.includes("\n"), `${flag}: "${doc}"`);
  }
});

Deno.test("completionSpec() knows what follows a flag", () => {
  const train = flagsOf("train");
  const values = (flag: string) => train.get(flag)!.value;
  assertEquals(values("--loss"), LOSS_NAMES);
  assertEquals(values("--evaluator"), EVALUATOR_NAMES);
  assertEquals(values("--save-strategy"), ["no", "steps", "epoch", "best"]);
  assertEquals(values("--fp16"), ["true", "false"]);
  assertEquals(values("--train-dataset"), "file");
  assertEquals(values("--output-dir"), "directory");
  assertEquals(values("--model"), "directory");
  assertEquals(values("--max-steps"), "text");
  assertEquals(values("--streaming"), null);
  for (const [flag, { takes }] of Object.entries(OWN_FLAGS)) {
    assertEquals(values(flagOf(flag)) === null, takes === "nothing", flag);
  }
});

Deno.test("completionSpec() has the flags of the other commands, and what they take besides", () => {
  assertEquals([...flagsOf("encode").keys()], [
    "--model",
    "--output",
    "--batch-size",
    "--prompt",
    "--prompt-name",
    "--max-seq-length",
  ]);
  assertEquals(flagsOf("evaluate").get("--evaluator")!.value, EVALUATOR_NAMES);
  const operands = new Map(SPEC.map(({ name, operand }) => [name, operand]));
  assertEquals(operands.get("encode"), "file");
  assertEquals(operands.get("losses"), LOSS_NAMES);
  assertEquals(operands.get("completions"), ["bash", "zsh", "fish"]);
  assertEquals(operands.get("train"), null);
});
