import { assert, assertEquals } from "@std/assert";
import type { Progress, Reporter } from "../../src/reporters/reporter.ts";
import { RunLog } from "../../src/train/run_log.ts";
import { TrainerState } from "../../src/train/state.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("RunLog takes in the losses of steps, the mean of their batches, when it is read", async () => {
  const gpu = await testGpu();
  const progress: Progress[] = [];
  const log = new RunLog(gpu, [{ progress: (at) => progress.push(at) }], 2);
  const state = new TrainerState();
  log.push(0, gpu.constant(1), null);
  log.push(0, gpu.constant(3), gpu.constant(0.5));
  log.push(1, gpu.constant(6), null);
  log.push(1, gpu.constant(8), gpu.constant(0.25));
  assertEquals(state.takeMeanLoss(), null);
  state.globalStep = 2;
  await log.read(state, 1e-3, 10, true);
  assertEquals([state.takeMeanLoss(), state.gradientNorm], [4.5, 0.25]);
  assertEquals(progress.map(({ step, loss, learningRate }) => [step, loss, learningRate]), [
    [2, 7, 1e-3],
  ]);
  log.destroy();
});

Deno.test("RunLog is due before it is full, whatever the clock says", async () => {
  const gpu = await testGpu();
  const log = new RunLog(gpu, [], 3);
  log.speed.start();
  const state = new TrainerState();
  let pushed = 0;
  while (!log.due) {
    log.push(pushed++, gpu.constant(1), gpu.constant(1));
    log.speed.read();
  }
  assert(pushed <= 64);
  await log.read(state, 1, 1, true);
  assertEquals(state.meanLoss, 1);
  log.destroy();
});

Deno.test("RunLog writes an entry into the state and to every reporter", async () => {
  const entries: unknown[] = [];
  const reporter: Reporter = { log: (entry) => entries.push(entry) };
  const log = new RunLog(await testGpu(), [reporter, reporter], 1);
  const state = new TrainerState();
  state.globalStep = 4;
  const whole = log.write(state, { loss: 0.5 });
  assertEquals(whole, { loss: 0.5, epoch: 0, step: 4 });
  assertEquals([entries, state.logHistory], [[whole, whole], [whole]]);
  log.destroy();
});
