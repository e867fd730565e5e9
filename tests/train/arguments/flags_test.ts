import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { argumentNames } from "../../../src/train/arguments/fields.ts";
import { isSwitch } from "../../../src/train/arguments/flag_value.ts";
import { flagOf, type OwnFlag, parseFlags } from "../../../src/train/arguments/flags.ts";

const own: Record<string, OwnFlag> = {
  "model": { takes: "text" },
  "train-dataset": { takes: "text" },
  "evaluator": { takes: "texts" },
  "help": { takes: "nothing" },
};

function argumentsOf(line: string): Record<string, unknown> {
  return parseFlags(line.split(" "), own).arguments;
}

function assertRefused(tokens: string[], message: string): void {
  assertEquals(assertThrows(() => parseFlags(tokens, own), UsageError).message, message);
}

Deno.test("flagOf() spells a name as a flag", () => {
  assertEquals(flagOf("num_train_epochs"), "--num-train-epochs");
  assertEquals(flagOf("model"), "--model");
});

Deno.test("parseFlags() takes either spelling, and a value after a space or =", () => {
  for (
    const line of [
      "--num-train-epochs 1",
      "--num_train_epochs 1",
      "--num-train-epochs=1",
      "--num_train_epochs=1",
    ]
  ) assertEquals(argumentsOf(line), { numTrainEpochs: 1 });
  assertEquals(argumentsOf("--eval-strategy epoch"), { evaluationStrategy: "epoch" });
  assertEquals(argumentsOf("--learning-rate 3e-3 --max-steps -1"), {
    learningRate: 0.003,
    maxSteps: -1,
  });
});

Deno.test("parseFlags() keeps all that follows the first =", () => {
  assertEquals(argumentsOf("--output-dir=a=b"), { outputDir: "a=b" });
  assertEquals(parseFlags(["--run-name=--x\ny"]).arguments, { runName: "--x\ny" });
});

Deno.test("parseFlags() reads flags of booleans with and without a value", () => {
  assertEquals(argumentsOf("--logging-first-step --seed 1"), { loggingFirstStep: true, seed: 1 });
  assertEquals(argumentsOf("--load-best-model-at-end true"), { loadBestModelAtEnd: true });
  assertEquals(argumentsOf("--load_best_model_at_end=False"), { loadBestModelAtEnd: false });
  assertEquals(argumentsOf("--no-bf16"), { bf16: false });
  assertEquals(argumentsOf("--no_logging_nan_inf_filter"), { loggingNanInfFilter: false });
  assertEquals(argumentsOf("--no-cuda"), { noCuda: true });
  assertEquals(argumentsOf("--resume-from-checkpoint"), { resumeFromCheckpoint: true });
  assertEquals(argumentsOf("--resume-from-checkpoint out/checkpoint-5"), {
    resumeFromCheckpoint: "out/checkpoint-5",
  });
});

Deno.test("parseFlags() reads lists and objects", () => {
  assertEquals(argumentsOf("--label-names a --label-names b,c"), { labelNames: ["a", "b", "c"] });
  assertEquals(parseFlags(["--lr-scheduler-kwargs", '{"power": 2}']).arguments, {
    lrSchedulerKwargs: { power: 2 },
  });
});

Deno.test("parseFlags() knows a flag for each of the 120 arguments and the 2 later ones", () => {
  assertEquals(argumentNames.length, 122);
  const known = (flag: string) => {
    try {
      parseFlags([`${flag}=?`]);
    } catch (error) {
      return !(error as Error).message.includes("there is no such flag");
    }
    return true;
  };
  assertEquals(argumentNames.filter((name) => known(flagOf(name))).length, 122);
  assertEquals(argumentNames.filter((name) => known(`--${name}`)).length, 122);
  const switches = argumentNames.filter(isSwitch);
  assertEquals(switches.length, 49);
  assertEquals(switches.filter((name) => known(flagOf(`no_${name}`))).length, 49);
  assertEquals(known("--no-such-flag"), false);
});

Deno.test("parseFlags() hands the command its own flags", () => {
  const parsed = parseFlags(
    ["--model", "m", "--help", "--train_dataset=a.jsonl", "--evaluator", "x", "--evaluator", "y"],
    own,
  );
  assertEquals([...parsed.own], [
    ["model", ["m"]],
    ["help", []],
    ["train-dataset", ["a.jsonl"]],
    ["evaluator", ["x", "y"]],
  ]);
  assertEquals(parsed.arguments, {});
  assertEquals(parseFlags([]), { own: new Map(), arguments: {} });
});

Deno.test("parseFlags() turns refusals into warnings where it is lenient, or given --lenient of the command", () => {
  const tokens = ["--torch-compile", "--seed", "1"];
  const flags: Record<string, OwnFlag> = { ...own, lenient: { takes: "nothing" } };
  const refusal = "Cannot set torch_compile to true: meaningless on WebGPU: ";
  for (
    const [given, lenient] of [
      [["--lenient", ...tokens], undefined],
      [[...tokens, "--lenient"], undefined],
      [tokens, true],
    ] as const
  ) {
    const warned: string[] = [];
    const warn = (warning: string, name: string) => warned.push(name, warning);
    const parsed = parseFlags(given, flags, { lenient, warn });
    assertEquals(parsed.arguments, { torchCompile: false, seed: 1 });
    assertEquals([warned.length, warned[0], warned[1].startsWith(refusal)], [
      2,
      "torch_compile",
      true,
    ]);
  }
  assertThrows(() => parseFlags(tokens, flags), UsageError, refusal);
  assertThrows(
    () => parseFlags(["--lenient", ...tokens], flags, { lenient: false }),
    UsageError,
    refusal,
  );
});

Deno.test("parseFlags() refuses what only later versions have, or ignores it with a warning", () => {
  const tokens = [
    "--seed=1",
    "--use-liger-kernel",
    "--accelerator_config",
    '{"split_batches": true}',
    "--no-eval-on-start",
    "--eval-on-start=true",
    "--max-steps",
    "2",
  ];
  const later = "a later version of the original has it; this one does not";
  assertRefused(tokens, `Cannot set use_liger_kernel: ${later}; leave it out`);
  assertRefused(
    ["--no-eval-on-start=1"],
    "Cannot read --no-eval-on-start=1: --no-eval-on-start " +
      "takes no value",
  );
  const warned: string[] = [];
  const flags: Record<string, OwnFlag> = { ...own, lenient: { takes: "nothing" } };
  const warn = (warning: string) => void warned.push(warning);
  const parsed = parseFlags([...tokens, "--lenient"], flags, { warn });
  assertEquals(parsed.arguments, { seed: 1, maxSteps: 2 });
  assertEquals(
    warned,
    ["use_liger_kernel", "accelerator_config", "eval_on_start"].map((name) =>
      `Cannot set ${name}: ${later}; it is ignored`
    ),
  );
  assertThrows(
    () => parseFlags(["--lenient", "--sede=1"], flags),
    UsageError,
    "Cannot read --sede: there is no such flag; the nearest is --seed",
  );
});

Deno.test("parseFlags() gives a flag of the command that stands alone the text that it means", () => {
  const flags: Record<string, OwnFlag> = { ...own, watch: { takes: "text", alone: "6007" } };
  const texts = (line: string) => parseFlags(line.split(" "), flags).own.get("watch");
  for (const line of ["--watch", "--watch --seed 1", "--watch=6007", "--watch 6007"]) {
    assertEquals(texts(line), ["6007"], line);
  }
  assertEquals([texts("--watch 0"), texts("--seed 1")], [["0"], undefined]);
});

Deno.test("parseFlags() refuses an unknown flag and names the nearest of all", () => {
  assertRefused(
    ["--num-train-epoch", "1"],
    "Cannot read --num-train-epoch: there is no such flag; the nearest is --num-train-epochs",
  );
  assertRefused(
    ["--modle=m"],
    "Cannot read --modle: there is no such flag; the nearest is --model",
  );
  assertRefused(
    ["--train-datasets"],
    "Cannot read --train-datasets: there is no such flag; the nearest is --train-dataset",
  );
  assertRefused(["--xylophone"], "Cannot read --xylophone: there is no such flag");
  assertRefused(["--no-xylophone"], "Cannot read --no-xylophone: there is no such flag");
  assertRefused(["--toString"], "Cannot read --toString: there is no such flag");
});

Deno.test("parseFlags() refuses a value that is missing, twice there, or not wanted", () => {
  assertRefused(["--seed"], "Cannot read --seed: its value is missing; put it after the flag");
  assertRefused(
    ["--model", "--seed", "1"],
    "Cannot read --model: its value is missing; put it after the flag",
  );
  assertRefused(
    ["--model", "a", "--model", "b"],
    "Cannot read --model: it is given twice; keep one",
  );
  assertRefused(["--seed", "1", "--seed", "2"], "Cannot set seed: it is given 2 times; keep one");
  assertRefused(["--help=yes"], "Cannot read --help=yes: --help takes no value");
  assertRefused(["--no-bf16=true"], "Cannot read --no-bf16=true: --no-bf16 takes no value");
  for (const token of ["stray", "-h", "--", "--=1"]) {
    assertRefused([token], `Cannot read "${token}": it follows no flag; put the flag before it`);
  }
});
