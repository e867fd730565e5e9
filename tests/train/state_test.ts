import { assertEquals } from "@std/assert";
import { encodeTrainerState, parseTrainerState } from "../../src/io/trainer_state.ts";
import { TrainerState } from "../../src/train/state.ts";

const RUN = {
  eval_steps: 5,
  logging_steps: 4,
  save_steps: 3,
  max_steps: 20,
  num_train_epochs: 2,
  train_batch_size: 8,
};

function step(loss: number, gradientNorm = 0, skippedSteps = 0) {
  return { losses: [loss], gradientNorm, skippedSteps };
}

Deno.test("TrainerState survives its file, the unlogged losses too", () => {
  const state = new TrainerState();
  state.globalStep = 7;
  state.epoch = 0.875;
  state.tokensSeen = 1234;
  state.best = { metric: 0.5, step: 6, checkpoint: "out/checkpoint-6" };
  state.position = { epoch: 2, index: 3 };
  state.callbackStates = { Patience: { args: { a: 1 }, attributes: {} } };
  state.addStep(step(1 / 3, 2, 4), true);
  state.log({ loss: 0.1 + 0.2 });
  const text = encodeTrainerState(state.toFile(RUN));
  const back = TrainerState.fromFile(parseTrainerState(text, "trainer_state.json"));
  assertEquals(encodeTrainerState(back.toFile(RUN)), text);
  assertEquals([back.takeMeanLoss(), back.takeMeanLoss(), back.meanLoss], [1 / 3, null, 1 / 3]);
  assertEquals(back.logHistory, [{ loss: 0.1 + 0.2, epoch: 0.875, step: 7 }]);
  assertEquals([back.gradientNorm, back.best?.step, back.tokensSeen], [2, 6, 1234]);
  assertEquals(back.skippedSteps, 4);
  assertEquals([back.position, back.callbackStates], [state.position, state.callbackStates]);
});

Deno.test("TrainerState averages losses since the last log, and over the run", () => {
  const state = new TrainerState();
  for (const loss of [1, 2]) state.addStep(step(loss), true);
  assertEquals(state.takeMeanLoss(), 1.5);
  state.addStep(step(6), true);
  assertEquals([state.takeMeanLoss(), state.meanLoss], [6, 3]);
});

Deno.test("TrainerState puts the mean in place of a loss that is not finite, where it filters", () => {
  const filtering = new TrainerState();
  for (const loss of [2, NaN, Infinity, 4]) filtering.addStep(step(loss), true);
  // 2, then 2 / 2, then 3 / 3, then 4.
  assertEquals(filtering.takeMeanLoss(), 2);
  const plain = new TrainerState();
  for (const loss of [2, NaN]) plain.addStep(step(loss), false);
  assertEquals(plain.takeMeanLoss(), NaN);
});

Deno.test("TrainerState averages the batches of a step, and filters each of them", () => {
  const state = new TrainerState();
  state.addStep({ losses: [1, 3], gradientNorm: 0, skippedSteps: 0 }, true);
  assertEquals(state.takeMeanLoss(), 2);
  state.addStep({ losses: [4, NaN], gradientNorm: 0, skippedSteps: 0 }, true);
  // Half of 4, then the mean of what there is.
  assertEquals(state.takeMeanLoss(), 4);
});

Deno.test("TrainerState goes on from the log of a long run", () => {
  const file = new TrainerState().toFile(RUN);
  const log_history = Array.from({ length: 200_000 }, (_, step) => ({ step }));
  assertEquals(TrainerState.fromFile({ ...file, log_history }).logHistory.length, 200_000);
});
