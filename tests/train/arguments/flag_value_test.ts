import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentName } from "../../../src/train/arguments/fields.ts";
import { flagValue, isSwitch } from "../../../src/train/arguments/flag_value.ts";

Deno.test("flagValue() reads a text as the type of the argument has it", () => {
  const cases: [ArgumentName, string, unknown][] = [
    ["learning_rate", "3e-3", 0.003],
    ["learning_rate", "2E-5", 0.00002],
    ["warmup_ratio", ".1", 0.1],
    ["max_steps", "-1", -1],
    ["num_train_epochs", "+2.5", 2.5],
    ["load_best_model_at_end", "True", true],
    ["logging_first_step", "false", false],
    ["data_seed", "None", null],
    ["data_seed", "null", null],
    ["metric_for_best_model", "null", null],
    ["metric_for_best_model", "true", "true"],
    ["output_dir", "2024", "2024"],
    ["output_dir", "{x", "{x"],
    ["report_to", "none", "none"],
    ["label_names", "label", ["label"]],
    ["label_names", "a, b", ["a", "b"]],
    ["label_names", '["a,b"]', ["a,b"]],
    ["label_names", "", []],
    ["lr_scheduler_kwargs", '{"num_cycles": 2}', { num_cycles: 2 }],
    ["resume_from_checkpoint", "true", true],
    ["resume_from_checkpoint", "out/checkpoint-5", "out/checkpoint-5"],
    ["prompts", "query: ", "query: "],
    ["prompts", '{"query": "q: "}', { query: "q: " }],
    ["learning_rate_mapping", '{"bias$": 1e-3}', { "bias$": 0.001 }],
    ["warmup_steps", "0.1", 0.1],
  ];
  for (const [name, text, value] of cases) {
    assertEquals(flagValue(name, [text]), value, `${name} ${text}`);
  }
});

Deno.test("flagValue() gathers a list, and refuses to gather anything else", () => {
  assertEquals(flagValue("label_names", ["a", "b,c"]), ["a", "b", "c"]);
  assertThrows(
    () => flagValue("seed", ["1", "2"]),
    UsageError,
    "Cannot set seed: it is given 2 times; keep one",
  );
});

Deno.test("flagValue() refuses a text that the argument does not take", () => {
  const cases: [ArgumentName, string, string][] = [
    ["learning_rate", "fast", 'learning_rate to "fast": wanted a number of at least 0'],
    ["learning_rate", "-1", "learning_rate to -1: wanted a number of at least 0"],
    ["learning_rate", "0x10", 'learning_rate to "0x10": wanted a number'],
    ["learning_rate", "", 'learning_rate to "": wanted a number'],
    ["max_steps", "1.5", "max_steps to 1.5: wanted an integer"],
    ["logging_first_step", "yes", 'logging_first_step to "yes": wanted true or false'],
    ["seed", "null", "seed to null: wanted an integer from 0 to 4294967295"],
    [
      "lr_scheduler_kwargs",
      "cycles=2",
      'lr_scheduler_kwargs to "cycles=2": wanted an object or null',
    ],
    ["lr_scheduler_kwargs", "{cycles: 2}", "lr_scheduler_kwargs to {cycles: 2}: it is not JSON ("],
    ["fsdp_config", "fsdp.json", 'fsdp_config to "fsdp.json": sharding of parameters is'],
    ["torch_compile", "true", "torch_compile to true: meaningless on WebGPU"],
    ["report_to", "wandb,mlflow", 'report_to to ["wandb","mlflow"]: wandb has a client'],
  ];
  for (const [name, text, message] of cases) {
    assertThrows(() => flagValue(name, [text]), UsageError, `Cannot set ${message}`);
  }
});

Deno.test("flagValue() gives the default and a warning in place of a refusal where it is lenient", () => {
  const warnings: string[] = [];
  const leniency = { lenient: true, warn: (warning: string) => warnings.push(warning) };
  assertEquals(flagValue("report_to", ["wandb"], leniency), null);
  assertEquals(warnings, [
    'Cannot set report_to to "wandb": wandb has a client for JavaScript that is no longer ' +
    "maintained; use tensorboard, html, opentelemetry, or send on what training_log.jsonl in " +
    "output_dir holds; it stays null",
  ]);
});

Deno.test("isSwitch() is true of the arguments that take true", () => {
  assertEquals(isSwitch("bf16"), true);
  assertEquals(isSwitch("greater_is_better"), true);
  assertEquals(isSwitch("resume_from_checkpoint"), true);
  assertEquals(isSwitch("seed"), false);
  assertEquals(isSwitch("run_name"), false);
});
