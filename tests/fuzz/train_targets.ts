/**
 * Arguments, and the state in checkpoints.
 *
 * @module
 */
import { join } from "@std/path";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { encodeTrainerState, parseTrainerState } from "../../src/io/trainer_state.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import { readBytes, readFloats } from "../../src/optim/read_state.ts";
import { createSchedule } from "../../src/schedules/names.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { parseFlags } from "../../src/train/arguments/flags.ts";
import { CallbackHandler } from "../../src/train/callbacks/callback_handler.ts";
import { EarlyStoppingCallback } from "../../src/train/callbacks/early_stopping_callback.ts";
import { TrainerControl } from "../../src/train/callbacks/trainer_control.ts";
import { readResumeState, restoreOptimizer } from "../../src/train/checkpoint_files.ts";
import { readControlState } from "../../src/train/resume_files.ts";
import { identityDifferences } from "../../src/train/run_identity.ts";
import { TrainerState } from "../../src/train/state.ts";
import { MemoryFiles } from "./memory_files.ts";
import { mutateBytes } from "./mutate_bytes.ts";
import type { Target } from "./run_target.ts";
import { mutateJsonText } from "./tensor_targets.ts";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

const argumentFile: Target = {
  name: "arguments",
  prepare(folder) {
    const path = join(folder, "run.json");
    const files = new MemoryFiles(folder);
    const all = new SentenceTransformerTrainingArguments({}, { lenient: true }).toJson();
    const seeds = [
      all,
      {
        model: "tiny",
        train_dataset: ["a=pairs.jsonl"],
        loss: "MultipleNegativesRankingLoss",
        lenient: true,
        learning_rate: 2e-5,
        prompts: { query: "query: ", nested: { anchor: "q" } },
        lr_scheduler_kwargs: { num_cycles: 2 },
        optim_args: "a=1,b=2",
        learning_rate_mapping: { "bias$": 1e-3 },
        label_names: ["label"],
        evaluation_strategy: "steps",
        eval_steps: 0.1,
        save_steps: 0.2,
        load_best_model_at_end: true,
        warmup_ratio: 0.1,
        report_to: ["none"],
        fsdp: "",
      },
    ];
    return {
      mutate: (dice) => mutateJsonText(dice.pick(seeds), dice),
      async read(bytes) {
        files.set("run.json", bytes);
        const { args, lenient } = await readRunInputs(["--config", path]);
        const whole = new SentenceTransformerTrainingArguments(args, { lenient });
        whole.toString();
        whole.toJsonString();
        whole.toSanitizedDict();
        whole.nonDefaults();
      },
      close: () => files.close(),
    };
  },
};

const commandLine: Target = {
  name: "command-line",
  prepare() {
    const seed = encoder.encode([
      "--learning-rate",
      "2e-5",
      "--num_train_epochs=3",
      "--no-fp16",
      "--bf16",
      "--prompts",
      '{"query":"q: "}',
      "--label-names",
      "a,b",
      "--lr-scheduler-kwargs",
      '{"num_cycles":2}',
      "--loss",
      "MultipleNegativesRankingLoss",
      "--max-steps",
      "10",
    ].join("\n"));
    return {
      mutate: (dice) => mutateBytes(seed, dice),
      read(bytes) {
        const own = { loss: { takes: "texts" }, lenient: { takes: "nothing" } } as const;
        const { arguments: args } = parseFlags(decoder.decode(bytes).split("\n"), own);
        new SentenceTransformerTrainingArguments(args);
      },
    };
  },
};

function stateSeed() {
  const state = new TrainerState();
  state.globalStep = 7;
  state.best = { metric: 0.5, step: 5, checkpoint: "out/checkpoint-5" };
  state.addStep({ losses: [1, 2], gradientNorm: Infinity, skippedSteps: 1 }, false);
  state.addComponent("mean", 3);
  state.log({ loss: 1.5, grad_norm: 2 });
  state.callbackStates = {
    ...new CallbackHandler([new EarlyStoppingCallback()]).state(new TrainerControl()),
  };
  return state.toFile({ ...LENGTHS }, IDENTITY);
}

const LENGTHS = {
  eval_steps: 5,
  logging_steps: 5,
  save_steps: 5,
  max_steps: 20,
  num_train_epochs: 2,
  train_batch_size: 4,
};

const IDENTITY = { seed: 42, model: { hidden_size: 32 }, losses: [{ name: "X", scale: 20 }] };

/** What a run does with the state of a checkpoint. */
function goOn(text: string): void {
  const file = parseTrainerState(text, "trainer_state.json");
  const state = TrainerState.fromFile(file);
  const then = (file.stateful_callbacks.sentrain as { identity?: object } | undefined)?.identity;
  identityDifferences((then ?? {}) as Record<string, unknown>, IDENTITY, false);
  const handler = new CallbackHandler([new EarlyStoppingCallback()]);
  handler.restore(state.callbackStates, new TrainerControl());
  state.takeMeanLoss();
  state.takeComponents();
  const again = encodeTrainerState(state.toFile({ ...LENGTHS }, IDENTITY));
  parseTrainerState(again, "the same written again");
}

const trainerState: Target = {
  name: "trainer-state",
  prepare() {
    const seed = JSON.parse(encodeTrainerState(stateSeed()));
    return {
      mutate: (dice) => mutateJsonText(seed, dice),
      read: (bytes) => goOn(decoder.decode(bytes)),
    };
  },
};

function schedulesOf() {
  return ["linear", "reduce_lr_on_plateau", "greedy"].map((name) =>
    createSchedule(name, { warmupSteps: 2, totalSteps: 20, learningRate: 1e-3 })
  );
}

const resumeState: Target = {
  name: "resume-files",
  prepare(folder) {
    const seeds: [string, unknown][] = [
      ...schedulesOf().map((schedule): [string, unknown] => ["scheduler.json", {
        last_epoch: 7,
        base_lrs: [1e-3],
        _last_lr: [1e-3],
        skipped_steps: 1,
        state: schedule.state(),
      }]),
      ["scaler.json", { scale: 65536, growth_factor: 2, _growth_tracker: 3 }],
      ["rng_state.json", { seed: 42, data_seed: 42 }],
    ];
    const contents = new MemoryFiles(folder);
    const reset = () => {
      for (const [name, value] of seeds) contents.set(name, JSON.stringify(value));
    };
    reset();
    contents.set("trainer_state.json", encodeTrainerState(stateSeed()));
    let name = "";
    return {
      mutate(dice) {
        const [chosen, value] = dice.pick(seeds);
        name = chosen;
        return mutateJsonText(value, dice);
      },
      async read(bytes) {
        reset();
        contents.set(name, bytes);
        const { files } = await readResumeState(folder);
        const { updates } = readControlState(folder, files, { isScaling: true });
        const kept = files["scheduler.json"] as { state?: Record<string, unknown> };
        const found = Object.keys(kept.state ?? {}).length;
        const [steps, plateau, greedy] = schedulesOf();
        const schedule = found > 6 ? greedy : found > 1 ? plateau : steps;
        schedule.restore(kept.state ?? {});
        for (let i = 0; i < 12; i++) schedule.observe(i % 3);
        schedule.factor(updates);
        schedule.state();
      },
      close: () => contents.close(),
    };
  },
};

const optimizerState: Target = {
  name: "optimizer-state",
  prepare(folder) {
    const files = new MemoryFiles(folder);
    const seed = encodeSafetensors(
      new Map([
        ["exp_avg.w", { shape: [2, 4], data: new Float32Array(8) }],
        ["codes.w", { shape: [8], data: new Uint8Array(8) }],
      ]),
    );
    const optimizer = {
      upload(read: Parameters<Optimizer["upload"]>[0]) {
        readFloats(read, "exp_avg.w", [2, 4]);
        readBytes(read, "codes.w", [8]);
      },
    } as Optimizer;
    return {
      mutate: (dice) => mutateBytes(seed, dice),
      async read(bytes) {
        files.set("optimizer.safetensors", bytes);
        await restoreOptimizer(folder, optimizer);
      },
      close: () => files.close(),
    };
  },
};

/** The targets of this module. */
export const TRAIN_TARGETS: readonly Target[] = [
  argumentFile,
  commandLine,
  trainerState,
  resumeState,
  optimizerState,
];
