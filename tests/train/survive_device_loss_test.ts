import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DeviceLostError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { CallbackMoment, TrainerCallback } from "../../src/train/callbacks/callback.ts";
import { surviveDeviceLoss } from "../../src/train/survive_device_loss.ts";
import { bitsOf, tinyTrainer, withoutTimes } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** Destroys the device at some steps, each once. */
function destroysAt(gpu: Gpu, moment: CallbackMoment, steps: number[]): TrainerCallback {
  return {
    [moment]: ({ state }: { state: { globalStep: number } }) => {
      if (state.globalStep !== steps[0]) return;
      steps.shift();
      gpu.device.destroy();
    },
  };
}

/** Trains six steps while the device is lost at some of them; returns weights, log and messages. */
async function run(
  outputDir: string,
  { moment = "onStepEnd", steps, pauses = [0], ...values }:
    & Partial<ArgumentValues>
    & { moment?: CallbackMoment; steps: number[]; pauses?: number[] },
) {
  const messages: string[] = [];
  const devices = new Set<Gpu>();
  const found = await surviveDeviceLoss(
    (gpu) => {
      devices.add(gpu);
      const args = { outputDir, maxSteps: 6, loggingSteps: 1, fp16: true, ...values };
      const callbacks = [destroysAt(gpu, moment, steps)];
      return tinyTrainer(gpu, args, { callbacks, dropout: 0.1 });
    },
    async (trainer, checkpoint) => {
      await trainer.train(checkpoint);
      const { model, state: { globalStep, logHistory } } = trainer;
      return { bits: await bitsOf(model), globalStep, log: withoutTimes(logHistory) };
    },
    { pauses, message: (line) => messages.push(line) },
  );
  return { ...found, messages, devices: devices.size };
}

const TRAINED = ["loss", "grad_norm", "learning_rate", "epoch", "step"];

Deno.test("surviveDeviceLoss ends with the bits of a run whose device was not lost", async () => {
  await withFolder({}, async (folder) => {
    const whole = await run(join(folder, "whole"), { steps: [] });
    assertEquals([whole.globalStep, whole.messages, whole.devices], [6, [], 1]);
    for (const moment of ["onStepBegin", "onPreOptimizerStep"] as const) {
      const outputDir = join(folder, moment);
      const lost = await run(outputDir, {
        ...{ moment, steps: [3, 5], saveStrategy: "steps", saveSteps: 2 },
      });
      assertEquals(lost.bits, whole.bits, moment);
      assertEquals(lost.devices, 3);
      assertEquals(
        lost.messages.map((line) => /goes on from .*(checkpoint-\d)/.exec(line)?.[1]),
        ["checkpoint-2", "checkpoint-4"],
      );
      const losses = (log: typeof lost.log) =>
        log.slice(0, 6).map((entry) => TRAINED.map((key) => entry[key]));
      assertEquals(losses(lost.log), losses(whole.log));
    }
  });
});

Deno.test("surviveDeviceLoss begins anew where no checkpoint was written", async () => {
  await withFolder({}, async (folder) => {
    const whole = await run(join(folder, "whole"), { steps: [], saveStrategy: "no" });
    const lost = await run(join(folder, "lost"), { steps: [4], saveStrategy: "no" });
    assertEquals(lost.bits, whole.bits);
    assertEquals(lost.messages.length, 1);
    assertMatch(
      lost.messages[0],
      /the device was lost .*: goes on from the beginning, no checkpoint was written, on a new/,
    );
  });
});

Deno.test("surviveDeviceLoss gives up after too many losses in a row without a checkpoint", async () => {
  await withFolder({}, async (folder) => {
    // Each with a newer checkpoint than the one before: not in a row.
    const args = { saveStrategy: "steps", saveSteps: 1 } as const;
    const often = await run(join(folder, "often"), { ...args, steps: [3, 4] });
    assertEquals([often.globalStep, often.devices], [6, 3]);
    const error = await assertRejects(
      () => run(join(folder, "never"), { saveStrategy: "no", steps: [1, 1, 1], pauses: [0, 0] }),
      DeviceLostError,
    );
    assertMatch(error.message, /it was lost 3 times in a row without a checkpoint in between/);
  });
});

Deno.test("surviveDeviceLoss lets other failures be, and a wait ends when it is asked to", async () => {
  await withFolder({}, async (folder) => {
    let makes = 0;
    const make = (gpu: Gpu) => {
      makes++;
      return tinyTrainer(gpu, { outputDir: join(folder, "out"), maxSteps: 1 });
    };
    const fails = () => Promise.reject(new Error("not the device"));
    await assertRejects(() => surviveDeviceLoss(make, fails), Error, "not the device");
    assertEquals(makes, 1);
    const controller = new AbortController();
    const { signal } = controller;
    const started = performance.now();
    const result = await surviveDeviceLoss(make, (trainer) => {
      if (makes === 3) return Promise.resolve("second device");
      trainer.model.gpu.device.destroy();
      return Promise.reject(new Error("a call on it"));
    }, { pauses: [60], signal, message: () => controller.abort("test") });
    assertEquals(result, "second device");
    assertEquals(performance.now() - started < 30_000, true);
  });
});
