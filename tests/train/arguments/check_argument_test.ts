import { assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import {
  checkArgument,
  hiddenToken,
  sameValue,
  shownArgument,
} from "../../../src/train/arguments/check_argument.ts";
import type { ArgumentName } from "../../../src/train/arguments/fields.ts";

function assertRefused(name: ArgumentName, value: unknown, message: string): void {
  const { message: found } = assertThrows(() => checkArgument(name, value), UsageError);
  assertEquals(found, message);
}

Deno.test("checkArgument() returns what is honoured", () => {
  const rate: number = checkArgument("learning_rate", 3e-3);
  assertEquals(rate, 3e-3);
  assertEquals(checkArgument("batch_sampler", "no_duplicates"), "no_duplicates");
  assertEquals(checkArgument("report_to", ["none"]), ["none"]);
  assertEquals(checkArgument("dataloader_pin_memory", false), false);
  assertEquals(checkArgument("fp16", false), false);
});

Deno.test("checkArgument() copies lists and objects", () => {
  const kwargs = { num_cycles: 2 };
  const checked = checkArgument("lr_scheduler_kwargs", kwargs);
  assertEquals(checked, kwargs);
  assertNotStrictEquals(checked, kwargs);
});

Deno.test("checkArgument() says what is wanted where type or range is wrong", () => {
  assertRefused(
    "num_train_epochs",
    "abc",
    'Cannot set num_train_epochs to "abc": wanted a number of at least 0',
  );
  assertRefused(
    "learning_rate",
    NaN,
    "Cannot set learning_rate to NaN: wanted a number of at least 0",
  );
  assertRefused(
    "seed",
    undefined,
    "Cannot set seed to undefined: wanted an integer from 0 to 4294967295",
  );
  assertRefused(
    "save_strategy",
    "step",
    'Cannot set save_strategy to "step": step is not a valid SaveStrategy, please select one of ' +
      "['no', 'steps', 'epoch', 'best']; the nearest is \"steps\"",
  );
  assertRefused(
    "save_strategy",
    null,
    'Cannot set save_strategy to null: wanted one of "no", "steps", "epoch", "best"',
  );
  assertRefused(
    "log_level",
    "warn",
    'Cannot set log_level to "warn": wanted one of "debug", "info", "warning", "error", "critical", ' +
      '"passive" or null',
  );
});

Deno.test("checkArgument() says which entry is wrong", () => {
  assertRefused(
    "prompts",
    { a: 1 },
    'Cannot set prompts to {"a":1}: prompts.a is 1; wanted a text or an object',
  );
  assertRefused(
    "learning_rate_mapping",
    { a: -1 },
    'Cannot set learning_rate_mapping to {"a":-1}: learning_rate_mapping.a is -1; wanted a number of ' +
      "at least 0",
  );
  assertRefused(
    "report_to",
    ["none", null],
    'Cannot set report_to to ["none",null]: report_to[1] is null; wanted one of "all", "none", ' +
      '"tensorboard", "html", "opentelemetry", "azure_ml", "clearml", "codecarbon", "comet_ml", ' +
      '"dagshub", "dvclive", "flyte", "kubeflow", "mlflow", "neptune", "swanlab", "trackio", "wandb"',
  );
});

Deno.test("checkArgument() gives reason and remedy where a value is not honoured", () => {
  assertRefused(
    "torch_compile",
    true,
    "Cannot set torch_compile to true: meaningless on WebGPU: kernels are written by hand and " +
      "compiled by the driver; leave it unset",
  );
  assertRefused(
    "ddp_backend",
    "nccl",
    'Cannot set ddp_backend to "nccl": processes talk through MPI; use "mpi", or leave it unset',
  );
  assertRefused(
    "gradient_checkpointing_kwargs",
    { every_n_layer: 2 },
    'Cannot set gradient_checkpointing_kwargs to {"every_n_layer":2}: "every_n_layer" is unknown ' +
      'here; use "every_n_layers" or "use_reentrant", the nearest is "every_n_layers"',
  );
});

Deno.test("checkArgument() says what is wrong with a value of the right type", () => {
  assertRefused(
    "save_steps",
    1.5,
    "Cannot set save_steps to 1.5: --save_steps must be an integer if bigger than 1: 1.5; give a " +
      "whole number of steps, or a share of all steps below 1",
  );
});

Deno.test("checkArgument() gives the default and a warning in place of a refusal where it is lenient", () => {
  const warned: string[][] = [];
  const leniency = {
    lenient: true,
    warn: (warning: string, name: string) => warned.push([name, warning]),
  };
  assertEquals(checkArgument("fp16_opt_level", "O2", leniency), "O1");
  assertEquals(checkArgument("ddp_backend", "nccl", leniency), null);
  assertEquals(checkArgument("gradient_checkpointing_kwargs", { offload: true }, leniency), null);
  assertEquals(warned, [
    [
      "fp16_opt_level",
      'Cannot set fp16_opt_level to "O2": meaningless on WebGPU: it sets up the mixed precision of ' +
      'PyTorch; leave it unset; it stays "O1"',
    ],
    [
      "ddp_backend",
      'Cannot set ddp_backend to "nccl": processes talk through MPI; use "mpi", or leave it unset; ' +
      "it stays null",
    ],
    [
      "gradient_checkpointing_kwargs",
      'Cannot set gradient_checkpointing_kwargs to {"offload":true}: "offload" is unknown here; use ' +
      '"every_n_layers" or "use_reentrant"; it stays null',
    ],
  ]);
  for (const [name, value] of [["seed", "1"], ["warmup_steps", 1.5]] as const) {
    assertThrows(() => checkArgument(name, value, leniency), UsageError, `Cannot set ${name} to `);
  }
});

Deno.test("checkArgument() names the older name that a value was given under", () => {
  const { message } = assertThrows(
    () =>
      checkArgument("half_precision_backend", "apex", {
        alias: { name: "fp16_backend", value: "apex" },
      }),
    UsageError,
  );
  assertEquals(
    message,
    'Cannot set fp16_backend to "apex", which sets half_precision_backend: meaningless on WebGPU: ' +
      "it sets up the mixed precision of PyTorch; leave it unset",
  );
});

Deno.test("checkArgument() never shows a token", () => {
  assertRefused(
    "hub_token",
    ["secret"],
    "Cannot set hub_token to <HUB_TOKEN>: wanted a text or null",
  );
  assertRefused(
    "push_to_hub_token",
    7,
    "Cannot set push_to_hub_token to <PUSH_TO_HUB_TOKEN>: wanted a text or null",
  );
});

Deno.test("sameValue() compares lists and objects member by member", () => {
  assertEquals(sameValue(["none"], ["none"]), true);
  assertEquals(sameValue({}, {}), true);
  assertEquals(sameValue({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }), true);
  assertEquals(sameValue(["a", "b"], ["b", "a"]), false);
  assertEquals(sameValue({ a: 1 }, { a: 2 }), false);
  assertEquals(sameValue(null, false), false);
  assertEquals(sameValue(0, false), false);
});

Deno.test("shownArgument() and hiddenToken() put a sign in the place of tokens alone", () => {
  assertEquals(hiddenToken("hub_token"), "<HUB_TOKEN>");
  assertEquals(shownArgument("hub_token", "secret"), "<HUB_TOKEN>");
  assertEquals(shownArgument("hub_token", null), "null");
  assertEquals(shownArgument("run_name", "x"), '"x"');
  assertEquals(shownArgument("learning_rate", Infinity), "Infinity");
});

Deno.test("checkArgument() refuses lists and objects of too many levels", () => {
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  for (const levels of [101, 20_000]) {
    assertRefused(
      "lr_scheduler_kwargs",
      nested(levels),
      "Cannot set lr_scheduler_kwargs: found lists and objects within each other, " +
        "wanted at most 100 levels of them",
    );
  }
  checkArgument("lr_scheduler_kwargs", { a: nested(99) });
});
