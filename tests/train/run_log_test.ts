import { assert, assertEquals } from "@std/assert";
import type { Progress, Reporter, RunFacts } from "../../src/reporters/reporter.ts";
import { RunLog } from "../../src/train/run_log.ts";
import { TrainerState } from "../../src/train/state.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("RunLog takes in the losses of steps, the mean of their batches, when it is read", async () => {
  const gpu = await testGpu();
  const progress: Progress[] = [];
  const log = new RunLog(gpu, [{ progress: (at) => progress.push(at) }], { batches: 2 });
  const state = new TrainerState();
  const scalar = (value: number) => ({ value: gpu.constant(value), components: [], names: [] });
  log.push(0, scalar(1), null);
  log.push(0, scalar(3), { norm: gpu.constant(0.5), skipped: gpu.constant(0) });
  log.push(1, scalar(6), null);
  log.push(1, scalar(8), { norm: gpu.constant(0.25), skipped: gpu.constant(1) });
  assertEquals(log.unreadSteps, 2);
  assertEquals(state.takeMeanLoss(), null);
  state.globalStep = 2;
  const learningRate = (updates: number) => updates === 1 ? 1e-3 : NaN;
  // The second step was skipped: its learning rate is that of the second update.
  assertEquals(await log.read(state, { learningRate, totalSteps: 10, filter: true }), 1e-3);
  assertEquals([log.unreadSteps, state.skippedSteps], [0, 1]);
  assertEquals([state.takeMeanLoss(), state.gradientNorm], [4.5, 0.25]);
  assertEquals(progress.map(({ step, loss, learningRate }) => [step, loss, learningRate]), [
    [2, 7, 1e-3],
  ]);
  log.destroy();
});

Deno.test("RunLog is due before it is full, whatever the clock says", async () => {
  const gpu = await testGpu();
  const log = new RunLog(gpu, [], { batches: 3 });
  log.speed.start();
  const state = new TrainerState();
  let pushed = 0;
  while (!log.due) {
    const loss = { value: gpu.constant(1), components: [], names: [] };
    log.push(pushed++, loss, { norm: gpu.constant(1), skipped: gpu.constant(0) });
    log.speed.read();
  }
  assert(pushed <= 64);
  await log.read(state, { learningRate: () => 1, totalSteps: 1, filter: true });
  assertEquals(state.meanLoss, 1);
  log.destroy();
});

Deno.test("RunLog tells every reporter of entries and lines", async () => {
  const told: unknown[] = [];
  const reporter: Reporter = {
    log: (entry) => told.push(entry),
    message: (line) => told.push(line),
  };
  const log = new RunLog(await testGpu(), [reporter, reporter], { batches: 1 });
  log.write({ loss: 0.5 });
  log.message("a line");
  log.message("a detail", "info");
  assertEquals(told, [{ loss: 0.5 }, { loss: 0.5 }, "a line", "a line"]);
  log.destroy();
  const shown = async (level: number) => {
    told.length = 0;
    const levelled = new RunLog(await testGpu(), [reporter], { batches: 1, level });
    levelled.message("a line");
    levelled.message("a detail", "info");
    levelled.destroy();
    return [...told];
  };
  assertEquals(await shown(10), ["a line", "a detail"]);
  assertEquals(await shown(20), ["a line", "a detail"]);
  assertEquals(await shown(40), []);
});

Deno.test("RunLog averages the components of losses, each by its batches", async () => {
  const gpu = await testGpu();
  const log = new RunLog(gpu, [], { batches: 1, components: 2 });
  const state = new TrainerState();
  const whole = { norm: gpu.constant(1), skipped: gpu.constant(0) };
  const push = (step: number, names: string[], ...values: number[]) => {
    const components = values.map((value) => gpu.constant(value));
    log.push(step, { value: gpu.constant(9), components, names }, whole);
  };
  push(0, ["a", "b"], 1, 2);
  push(1, ["b"], 4);
  push(2, []);
  await log.read(state, { learningRate: () => 1, totalSteps: 3, filter: true });
  assertEquals(state.takeComponents(), { a: 1, b: 3 });
  assertEquals(state.takeComponents(), {});
  log.destroy();
});

Deno.test("RunLog tells of a run its run_name, arguments without tokens, speed and memory", async () => {
  const gpu = await testGpu();
  for (const runName of ["mine", null]) {
    await withFolder({}, async (outputDir) => {
      let facts: RunFacts | null = null;
      const progress: Progress[] = [];
      const reporter: Reporter = {
        start: (told) => facts = told,
        progress: (told) => progress.push(told),
      };
      const args = { outputDir, runName, maxSteps: 1, loggingSteps: 1 };
      const trainer = await tinyTrainer(gpu, args, { reporters: [reporter] });
      await trainer.train();
      const told = facts as RunFacts | null;
      assertEquals(told?.runName, runName ?? outputDir);
      assertEquals(told?.arguments?.hub_token, "<HUB_TOKEN>");
      assertEquals(told?.modelConfig?.model_type, "bert");
      const { hostBytes = 0, deviceBytes = 0 } = progress.at(-1)!;
      assert(hostBytes > 1e6 && deviceBytes > 1e3, `${hostBytes} ${deviceBytes}`);
      // The journal has the same.
      const lines = (await Deno.readTextFile(`${outputDir}/training_log.jsonl`)).trimEnd().split(
        "\n",
      )
        .map((line) => JSON.parse(line));
      assertEquals(lines.map(({ event }) => event), ["start", "log", "log", "end"]);
      assertEquals([lines[0].run_name, lines[1].host_bytes], [told?.runName, hostBytes]);
      await destroyTrainer(trainer);
    });
  }
});

Deno.test("RunLog tells a reporter that failed nothing more, and says so once", async () => {
  const lines: string[] = [];
  class Broken implements Reporter {
    calls = 0;
    log(): void {
      this.calls++;
      throw new TypeError("no such column");
    }
  }
  const late = {
    log: () => Promise.reject(new Error("no answer")),
    message: (line: string) => void lines.push(`late: ${line}`),
  } as unknown as Reporter;
  const [broken, whole] = [new Broken(), { message: (line: string) => void lines.push(line) }];
  const log = new RunLog(await testGpu(), [broken, late, whole], { batches: 1 });
  log.write({ loss: 1 });
  const first =
    "Reporter Broken failed and is told nothing more (TypeError: no such column); training goes on";
  assertEquals(lines, [`late: ${first}`, first]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const second =
    "Reporter Object failed and is told nothing more (Error: no answer); training goes on";
  assertEquals(lines.slice(2), [second]);
  log.write({ loss: 2 });
  log.message("a line");
  assertEquals([broken.calls, lines.slice(3)], [1, ["a line"]]);
  log.destroy();
});

Deno.test("RunLog warns on standard error when the last reporter has failed", async () => {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line: string) => void lines.push(line);
  try {
    const broken: Reporter = {
      message: () => {
        throw new Error("gone");
      },
    };
    const log = new RunLog(await testGpu(), [broken], { batches: 1 });
    log.message("a line");
    log.message("another");
    log.destroy();
  } finally {
    console.error = error;
  }
  assertEquals(lines, [
    "Warning: Reporter Object failed and is told nothing more (Error: gone); training goes on",
  ]);
});
