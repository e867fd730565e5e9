/**
 * How long the steps of a run take, found by taking a few.
 *
 * @module
 */
import { RunLog } from "./run_log.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import { runStep } from "./run_step.ts";
import { TrainerState } from "./state.ts";

/** Steps before the clock runs: shaders are compiled in them; then steps that are timed. */
const [WARM_UP, TIMED] = [2, 3];

/**
 * Takes the first steps of a run and times the last three of them. They are real ones, which change the
 * model; nothing is saved and nobody is told.
 *
 * @param setup What the run works with.
 * @param parts What it is made of.
 * @returns The mean of the timed steps. Unit: seconds.
 */
export async function timeSteps(setup: RunSetup, parts: RunParts): Promise<number> {
  const { gpu } = setup.inputs.model;
  const { timeline, plan, source, components } = parts;
  const log = new RunLog(gpu, [], { batches: timeline.mostBatches, components });
  const state = new TrainerState();
  let started = 0;
  try {
    for (let step = 0; step < WARM_UP + TIMED; step++) {
      if (step === WARM_UP) {
        await gpu.read(gpu.nothing);
        started = performance.now();
      }
      const batches = await source.step(timeline.locate(step % plan.totalSteps));
      await runStep(setup, parts, { state, log, batches, hooks: {} });
      if (log.due) await log.read(state, { learningRate: () => 0, totalSteps: 0, filter: false });
      state.globalStep++;
    }
    await gpu.read(gpu.nothing);
    return (performance.now() - started) / 1000 / TIMED;
  } finally {
    await source.close();
    log.destroy();
  }
}
