import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import {
  argumentGroup,
  type ArgumentGroupName,
  argumentGroupNames,
} from "../../../src/train/arguments/argument_group.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";

function assertRefused(method: ArgumentGroupName, options: object, message: string): void {
  assertEquals(assertThrows(() => argumentGroup(method, options), UsageError).message, message);
}

Deno.test("argumentGroupNames are the set methods of the class", () => {
  assertEquals(argumentGroupNames.length, 9);
  const methods = Object.getOwnPropertyNames(SentenceTransformerTrainingArguments.prototype);
  assertEquals(
    methods.filter((name) => name.startsWith("set")).sort(),
    argumentGroupNames.toSorted(),
  );
});

Deno.test("argumentGroup() has upstream's defaults for what is left out", () => {
  const groups: [ArgumentGroupName, object, Record<string, unknown>][] = [
    ["setTraining", {}, {
      learning_rate: 5e-5,
      per_device_train_batch_size: 8,
      weight_decay: 0,
      num_train_epochs: 3,
      max_steps: -1,
      gradient_accumulation_steps: 1,
      seed: 42,
      gradient_checkpointing: false,
      do_train: true,
    }],
    ["setEvaluate", {}, {
      evaluation_strategy: "no",
      eval_steps: 500,
      per_device_eval_batch_size: 8,
      eval_accumulation_steps: null,
      eval_delay: null,
      prediction_loss_only: false,
      jit_mode_eval: false,
      do_eval: false,
    }],
    ["setTesting", {}, {
      per_device_eval_batch_size: 8,
      prediction_loss_only: false,
      jit_mode_eval: false,
      do_predict: true,
    }],
    ["setSave", {}, {
      save_strategy: "steps",
      save_steps: 500,
      save_total_limit: null,
      save_on_each_node: false,
    }],
    ["setLogging", {}, {
      logging_strategy: "steps",
      logging_steps: 500,
      report_to: "none",
      log_level: "passive",
      logging_first_step: false,
      logging_nan_inf_filter: false,
      log_on_each_node: false,
      log_level_replica: "passive",
    }],
    ["setPushToHub", { modelId: "me/encoder" }, {
      hub_model_id: "me/encoder",
      hub_strategy: "every_save",
      hub_token: null,
      hub_private_repo: false,
      hub_always_push: false,
      push_to_hub: true,
    }],
    ["setOptimizer", {}, {
      optim: "adamw_torch",
      learning_rate: 5e-5,
      weight_decay: 0,
      adam_beta1: 0.9,
      adam_beta2: 0.999,
      adam_epsilon: 1e-8,
      optim_args: null,
    }],
    ["setLrScheduler", {}, {
      lr_scheduler_type: "linear",
      num_train_epochs: 3,
      max_steps: -1,
      warmup_ratio: 0,
      warmup_steps: 0,
    }],
    ["setDataloader", {}, {
      per_device_train_batch_size: 8,
      per_device_eval_batch_size: 8,
      dataloader_drop_last: false,
      dataloader_num_workers: 0,
      dataloader_pin_memory: true,
      dataloader_persistent_workers: false,
      auto_find_batch_size: false,
      ignore_data_skip: false,
      data_seed: null,
    }],
  ];
  assertEquals(groups.map(([method]) => method), [...argumentGroupNames]);
  for (const [method, options, values] of groups) {
    assertEquals(argumentGroup(method, options), values, method);
  }
});

Deno.test("argumentGroup() takes what is given, null too, and undefined for not given", () => {
  const values = argumentGroup("setEvaluate", { strategy: "epoch", steps: undefined, delay: null });
  assertEquals(values.evaluation_strategy, "epoch");
  assertEquals([values.eval_steps, values.eval_delay, values.do_eval], [500, null, true]);
});

Deno.test("argumentGroup() refuses steps that are not positive with upstream's message", () => {
  const methods = { setEvaluate: "eval", setSave: "save", setLogging: "logging" } as const;
  for (const [method, name] of Object.entries(methods)) {
    for (const steps of [0, -5]) {
      assertRefused(
        method as ArgumentGroupName,
        { strategy: "steps", steps },
        `Cannot set ${name}_steps to ${steps}: Setting \`strategy\` as 'steps' requires a positive ` +
          "value for `steps`.",
      );
    }
    assert(argumentGroup(method as ArgumentGroupName, { strategy: "epoch", steps: 0 }));
  }
});

Deno.test("argumentGroup() refuses unknown and missing parameters, and what is no object", () => {
  assertRefused(
    "setTesting",
    { batchSise: 4 },
    'Cannot setTesting: "batchSise" is unknown; it takes batchSize, lossOnly, jitMode; the nearest ' +
      'is "batchSize"',
  );
  assertRefused("setPushToHub", {}, "Cannot setPushToHub: modelId is missing; give it");
  const options = ["me/encoder"];
  assertRefused(
    "setPushToHub",
    options,
    'Cannot setPushToHub: found ["me/encoder"], wanted an object with any of modelId, strategy, ' +
      "token, privateRepo, alwaysPush",
  );
});
