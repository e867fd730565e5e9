/**
 * One optimizer step of a run: from its batches to its entry in the log.
 *
 * @module
 */
import type { TapeOptions } from "../ops/tape.ts";
import type { RunLog } from "./run_log.ts";
import { type RunParts, scheduledRows, trainingPrecision } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import type { TrainerState } from "./state.ts";
import type { LossBatch } from "./compute_loss.ts";
import type { StepCounts } from "./parallel/step_exchange.ts";
import { trainStep, type TrainStepHooks } from "./train_step.ts";

/** Where a step belongs. */
export interface RunStepInputs {
  /** Where the run stands before it. */
  readonly state: TrainerState;
  /** Keeps losses and norms. */
  readonly log: RunLog;
  /** Its batches. */
  readonly batches: readonly LossBatch[];
  /** Told within the step. */
  readonly hooks: TrainStepHooks;
}

/**
 * Runs a step.
 *
 * @param setup What the run works with.
 * @param parts What it is made of.
 * @param step Where the step belongs.
 * @returns What it went over, on all ranks.
 */
export async function runStep(
  setup: RunSetup,
  parts: RunParts,
  { state, log, batches, hooks }: RunStepInputs,
): Promise<StepCounts> {
  const { args } = setup;
  const { optimizer, gradientNorm, badGradient, control } = parts;
  // With loss scaling, steps that are not read back yet may have been skipped.
  const unread = control.scaling ? log.unreadSteps : 0;
  const first = state.globalStep - state.skippedSteps - unread;
  const counts = await trainStep({
    models: setup.models,
    optimizer,
    gradientNorm,
    look: (norm) => badGradient.look(norm, state.globalStep + 1),
    control,
    maxGradNorm: args.maxGradNorm,
    schedule: scheduledRows(parts, { first, count: unread + 1 }),
    tape: tapeOptions(setup, parts),
    labelSmoothing: args.labelSmoothingFactor,
    firstBatch: state.globalStep * args.gradientAccumulationSteps,
    batches,
    report: ({ loss: { components = [] } }, loss, norm) =>
      log.push(
        state.globalStep,
        { ...loss, names: components },
        norm && {
          norm,
          skipped: control.skipped,
        },
      ),
    hooks,
    exchange: parts.exchange,
  });
  return counts ?? {
    rows: batches.reduce((sum, { batch }) => sum + batch.columns[0].count, 0),
    tokens: batches.reduce((sum, { batch }) => sum + batch.ids.length, 0),
  };
}

/** Ranks draw different random bits; rank 0 those of a run with one process. */
function rankSeed(seed: number, rank: number): number {
  return (seed + Math.imul(rank, 0x9e3779b9)) >>> 0;
}

/**
 * How the tapes of training run.
 *
 * @param setup What the run works with.
 * @param parts What it is made of.
 * @returns Options of a tape.
 */
export function tapeOptions(
  { args, group }: RunSetup,
  { watch }: Pick<RunParts, "watch">,
): Omit<TapeOptions, "recording" | "step"> {
  const kwargs = args.gradientCheckpointingKwargs as { every_n_layers?: number } | null;
  return {
    seed: group === null ? args.seed : rankSeed(args.seed, group.rank),
    precision: trainingPrecision(args),
    neftuneNoiseAlpha: args.neftuneNoiseAlpha ?? 0,
    checkpointEvery: args.gradientCheckpointing ? kwargs?.every_n_layers ?? 1 : 0,
    observe: watch?.observe,
  };
}
