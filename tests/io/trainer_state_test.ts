import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import {
  encodeTrainerState,
  parseTrainerState,
  readTrainerState,
  TRAINER_STATE_NAME,
  type TrainerStateFile,
} from "../../src/io/trainer_state.ts";

const STATE: TrainerStateFile = {
  best_metric: 0.75,
  best_global_step: 20,
  best_model_checkpoint: "out/checkpoint-20",
  epoch: 0.4,
  eval_steps: 10,
  global_step: 20,
  is_hyper_param_search: false,
  is_local_process_zero: true,
  is_world_process_zero: true,
  log_history: [
    { epoch: 0.2, learning_rate: 2e-5, loss: 0.5, step: 10 },
    { epoch: 0.4, eval_loss: 0.25, step: 20 },
  ],
  logging_steps: 10,
  max_steps: 50,
  num_input_tokens_seen: 12_345,
  num_train_epochs: 1,
  save_steps: 10,
  stateful_callbacks: { TrainerControl: { args: { should_save: true }, attributes: {} } },
  total_flos: 0,
  train_batch_size: 16,
  trial_name: null,
  trial_params: null,
};

/** The keys that a file must have; a wrong value for each is an object. */
const REQUIRED = Object.keys(STATE).filter((key) =>
  !["best_global_step", "num_input_tokens_seen", "stateful_callbacks", "train_batch_size"]
    .includes(key)
);

Deno.test("encodeTrainerState() sorts keys at every depth and indents by 2", () => {
  const text = encodeTrainerState({ ...STATE, log_history: [{ step: 1, epoch: 0.5 }] });
  const keys = [...text.matchAll(/^ {2}"(\w+)":/gm)].map(([, key]) => key);
  assertEquals(keys.length, 20);
  assertEquals(keys, Object.keys(STATE).sort());
  assertEquals(text.includes('    {\n      "epoch": 0.5,\n      "step": 1\n    }\n'), true);
  assertEquals(text.endsWith("\n}\n"), true);
});

Deno.test("parseTrainerState() reads what encodeTrainerState() writes", () => {
  assertEquals(parseTrainerState(encodeTrainerState(STATE), "s"), STATE);
});

Deno.test("parseTrainerState() reads files of earlier releases", () => {
  const old = Object.fromEntries(
    Object.entries(STATE).filter(([key]) => REQUIRED.includes(key)),
  );
  assertEquals(Object.keys(old).length, 16);
  assertEquals(parseTrainerState(JSON.stringify({ ...old, unheard_of: 1 }), "s"), {
    ...STATE,
    best_global_step: null,
    num_input_tokens_seen: 0,
    stateful_callbacks: {},
    train_batch_size: null,
  });
});

Deno.test("parseTrainerState() names a key that is missing or of the wrong type", () => {
  for (const key of REQUIRED) {
    const lacking = JSON.stringify({ ...STATE, [key]: undefined });
    assertThrows(
      () => parseTrainerState(lacking, "out/trainer_state.json"),
      InputError,
      `Cannot read out/trainer_state.json: at ${key}: invalid input`,
    );
    const wrong = JSON.stringify({ ...STATE, [key]: key === "trial_params" ? [] : {} });
    assertThrows(() => parseTrainerState(wrong, "s"), InputError, `at ${key}: `);
  }
  const half = JSON.stringify({ ...STATE, global_step: 1.5 });
  assertThrows(() => parseTrainerState(half, "s"), InputError, "at global_step: ");
  assertThrows(() => parseTrainerState("{", "s"), InputError, "Cannot read s: it is not JSON");
});

Deno.test("readTrainerState() reads a checkpoint and names a directory without a state", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await assertRejects(
      () => readTrainerState(directory),
      InputError,
      `Cannot read checkpoint ${directory}: trainer_state.json is missing; a checkpoint is`,
    );
    await Deno.writeTextFile(join(directory, TRAINER_STATE_NAME), encodeTrainerState(STATE));
    assertEquals(await readTrainerState(directory), STATE);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
