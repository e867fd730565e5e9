import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { readArguments } from "../../../src/train/arguments/read_arguments.ts";

Deno.test("readArguments() reads names in snake_case and camelCase, and adds nothing", () => {
  assertEquals(
    readArguments({ num_train_epochs: 1, learningRate: 3e-3, seed: undefined, data_seed: null }),
    { numTrainEpochs: 1, learningRate: 3e-3, dataSeed: null },
  );
  assertEquals(readArguments({}), {});
});

Deno.test("readArguments() refuses an unknown name and tells the nearest", () => {
  assertThrows(
    () => readArguments({ num_train_epoch: 1 }),
    UsageError,
    'Cannot read training arguments: "num_train_epoch" is unknown; the nearest is "num_train_epochs"',
  );
  assertThrows(
    () => readArguments({ learninRate: undefined }),
    UsageError,
    '"learninRate" is unknown; the nearest is "learningRate"',
  );
  const { message } = assertThrows(() => readArguments({ margarine: 1 }), UsageError);
  assertEquals(message, 'Cannot read training arguments: "margarine" is unknown');
});

Deno.test("readArguments() refuses a name in two spellings", () => {
  assertThrows(
    () => readArguments({ evaluation_strategy: "no", eval_strategy: "steps" }),
    UsageError,
    '"evaluation_strategy" and "eval_strategy" are the same; keep one',
  );
});

Deno.test("readArguments() reads what upstream wrote for a hidden token as none", () => {
  assertEquals(
    readArguments({ hub_token: "<HUB_TOKEN>", pushToHubToken: "<PUSH_TO_HUB_TOKEN>" }),
    {},
  );
  assertEquals(readArguments({ hub_token: "<OTHER>" }), { hubToken: "<OTHER>" });
});

Deno.test("readArguments() turns refusals into warnings where it is lenient", () => {
  const warned: string[] = [];
  const leniency = { lenient: true, warn: (_: string, name: string) => warned.push(name) };
  assertEquals(readArguments({ tpu_num_cores: 8, deepspeed: "zero.json", seed: 1 }, leniency), {
    tpuNumCores: null,
    deepspeed: null,
    seed: 1,
  });
  assertEquals(warned, ["tpu_num_cores", "deepspeed"]);
  assertThrows(() => readArguments({ seed: "1" }, leniency), UsageError, "wanted an integer");
  assertThrows(() => readArguments({ sede: 1 }, leniency), UsageError, 'the nearest is "seed"');
});

Deno.test("readArguments() refuses what only later versions have, or ignores it with a warning", () => {
  const refusal = "Cannot set use_liger_kernel: a later version of the original has it; this one " +
    "does not";
  for (const spelling of ["use_liger_kernel", "useLigerKernel"]) {
    const source = { seed: 1, [spelling]: false, router_mapping: undefined };
    const { message } = assertThrows(() => readArguments(source), UsageError);
    assertEquals(message, `${refusal}; leave it out`);
    const warned: string[][] = [];
    const warn = (warning: string, name: string) => void warned.push([name, warning]);
    assertEquals(readArguments(source, { lenient: true, warn }), { seed: 1 });
    assertEquals(warned, [["use_liger_kernel", `${refusal}; it is ignored`]]);
  }
  for (const lenient of [true, false]) {
    assertThrows(
      () => readArguments({ sav_strategy: "no" }, { lenient }),
      UsageError,
      '"sav_strategy" is unknown; the nearest is "save_strategy"',
    );
  }
});

Deno.test("readArguments() checks each value", () => {
  assertThrows(() => readArguments({ seed: -1 }), UsageError, "Cannot set seed to -1: wanted");
});

Deno.test("readArguments() refuses what is no object", () => {
  const cases: [unknown, string][] = [[[1], "a list"], [null, "null"], ["x", '"x"'], [
    undefined,
    "undefined",
  ]];
  for (const [source, found] of cases) {
    assertThrows(
      () => readArguments(source),
      UsageError,
      `Cannot read training arguments: found ${found}, wanted an object`,
    );
  }
});
