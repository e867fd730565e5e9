import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createOptimizer, optimizerNames, optimizers } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { optimizerFields } from "../../src/train/arguments/fields/optimizer.ts";
import { testGpu } from "../support/gpu.ts";
import { optimizerStore, type PartShapes, runOptimizer } from "../support/optimizer_run.ts";

const OPTIONS = { optimArgs: null, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
/** Large enough for states of one byte. */
const PARAMETERS: readonly PartShapes[] = [{ "weight": [64, 64] }, { "bias": [5] }];

async function stateOf(name: string, optimArgs: string | null = null) {
  const gpu = await testGpu();
  const run = await runOptimizer(
    gpu,
    (groups) => createOptimizer(gpu, groups, { ...OPTIONS, name, optimArgs }),
    { steps: 2, parameters: PARAMETERS },
  );
  return run;
}

Deno.test("optimizerNames are what the argument optim takes", () => {
  const { schema } = optimizerFields.optim;
  for (const name of optimizerNames) assertEquals(schema.safeParse(name).success, true, name);
  assertEquals(optimizerNames.length, 19);
  assertEquals(
    (schema as unknown as { options: string[] }).options.toSorted(),
    [
      ...optimizerNames,
    ].toSorted(),
  );
});

Deno.test("createOptimizer makes every optimizer, with the states of its kind and their room", async () => {
  const gpu = await testGpu();
  const states: Record<string, string[]> = {};
  const bytes: Record<string, number> = {};
  for (const name of optimizerNames) {
    const { state, values } = await stateOf(name);
    states[name] = [...state.keys()].filter((key) => key.endsWith(".weight"))
      .map((key) => key.split(".")[0]);
    assert(values.get("weight")!.every(Number.isFinite), name);
    const store = optimizerStore(gpu, [PARAMETERS[0]]);
    const groups = parameterGroups(store, { learningRate: 1 });
    const optimizer = createOptimizer(gpu, groups, { ...OPTIONS, name });
    bytes[name] = optimizer.stateBytes / 4096;
    optimizer.destroy();
    store.destroy();
  }
  const moments = ["exp_avg", "exp_avg_sq"];
  const small = ["exp_avg", "exp_avg_absmax", "exp_avg_sq", "exp_avg_sq_absmax"];
  assertEquals(states, {
    adamw_hf: moments,
    adamw_torch: moments,
    adamw_torch_fused: moments,
    adamw_torch_xla: moments,
    adamw_torch_npu_fused: moments,
    adamw_apex_fused: moments,
    adafactor: ["exp_avg_sq_row", "exp_avg_sq_col"],
    adamw_anyprecision: moments,
    sgd: [],
    adagrad: ["sum"],
    adamw_bnb_8bit: small,
    adamw_8bit: small,
    lion_8bit: small.slice(0, 2),
    lion_32bit: ["exp_avg"],
    paged_adamw_32bit: moments,
    paged_adamw_8bit: small,
    paged_lion_32bit: ["exp_avg"],
    paged_lion_8bit: small.slice(0, 2),
    rmsprop: ["square_avg"],
  });
  const wide = 8;
  // A byte a state, a scale in 256, and first vector and length of each block.
  const narrow = (count: number) => count * (1 + 4 / 256) + 8 / 256;
  assertEquals(bytes, {
    adamw_hf: wide,
    adamw_torch: wide,
    adamw_torch_fused: wide,
    adamw_torch_xla: wide,
    adamw_torch_npu_fused: wide,
    adamw_apex_fused: wide,
    adafactor: 2 * 64 * 4 / 4096,
    adamw_anyprecision: wide,
    sgd: 0,
    adagrad: 4,
    adamw_bnb_8bit: narrow(2),
    adamw_8bit: narrow(2),
    lion_8bit: narrow(1),
    lion_32bit: 4,
    paged_adamw_32bit: wide,
    paged_adamw_8bit: narrow(2),
    paged_lion_32bit: 4,
    paged_lion_8bit: narrow(1),
    rmsprop: 4,
  });
});

Deno.test("optim_args change what they name", async () => {
  const cases: [string, string, readonly string[]][] = [
    ["sgd", "momentum=0.9", ["momentum_buffer"]],
    ["sgd", "momentum=0.9,dampening=0.5", ["momentum_buffer"]],
    ["sgd", "momentum=0.9,nesterov=true", ["momentum_buffer"]],
    ["sgd", "weight_decay=0.5", []],
    ["adagrad", "lr_decay=0.5", ["sum"]],
    ["adagrad", "eps=0.5", ["sum"]],
    ["rmsprop", "momentum=0.5", ["square_avg", "momentum_buffer"]],
    ["rmsprop", "alpha=0.5", ["square_avg"]],
    ["rmsprop", "eps=0.5", ["square_avg"]],
    ["rmsprop", "centered=true", ["square_avg", "grad_avg"]],
    ["adamw_anyprecision", "momentum_dtype=bfloat16", ["exp_avg", "exp_avg_sq"]],
    ["adamw_anyprecision", "variance_dtype=float16", ["exp_avg", "exp_avg_sq"]],
    [
      "adamw_anyprecision",
      "use_kahan_summation=True",
      ["exp_avg", "exp_avg_sq", "compensation"],
    ],
  ];
  let seen = 0;
  for (const [name, text, states] of cases) {
    const { state, values } = await stateOf(name, text);
    const found = [...state.keys()].filter((key) => key.endsWith(".weight"));
    assertEquals(found.map((key) => key.split(".")[0]).toSorted(), states.toSorted(), text);
    // With compensation a parameter is another sum, which may round to the same numbers.
    if (!text.startsWith("use_kahan")) {
      const plain = (await stateOf(name)).values.get("weight")!;
      assert(values.get("weight")!.some((value, i) => value !== plain[i]), text);
    }
    seen++;
  }
  assertEquals(seen, 13);
});

Deno.test("createOptimizer refuses unknown names and settings", async () => {
  const gpu = await testGpu();
  const groups = { learningRates: [1], segments: [] };
  const create = (name: string, optimArgs: string | null = null) =>
    createOptimizer(gpu, groups, { ...OPTIONS, name, optimArgs });
  const error = assertThrows(() => create("adamw_torc"), UsageError);
  assertEquals(
    error.message,
    `Cannot create optimizer "adamw_torc": known are ${
      optimizerNames.join(", ")
    }; the nearest is ` +
      '"adamw_torch"',
  );
  assertThrows(() => create("toString"), UsageError, 'Cannot create optimizer "toString"');
  const taking = ["sgd", "adagrad", "rmsprop", "adamw_anyprecision"];
  let seen = 0;
  for (const name of Object.keys(optimizers)) {
    const known = taking.includes(name) ? "it takes " : "it takes none";
    assertThrows(() => create(name, "colour=1"), UsageError, `"colour" is unknown; ${known}`);
    seen++;
  }
  assertEquals(seen, 19);
  assertThrows(
    () => create("adamw_anyprecision", "variance_dtype=bfloat"),
    UsageError,
    'variance_dtype is "bfloat"; known are float32, bfloat16, float16; the nearest is "bfloat16"',
  );
});
