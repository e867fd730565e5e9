/**
 * An evaluation in the course of a run.
 *
 * @module
 */
import { join } from "@std/path";
import type { Precision } from "../ops/tape.ts";
import type { EvaluationPlace } from "./callbacks/callback.ts";
import { evaluate } from "./evaluate.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import type { TrainerState } from "./state.ts";

/**
 * Evaluates the model as it is. The loss is that of the objective, without label smoothing.
 *
 * @param setup What the run works with.
 * @param parts What it is made of.
 * @param options Where the run stands, how the operands of linear layers are stored, and who is told
 *   of every batch.
 * @returns Metrics with upstream's keys.
 */
export async function runEvaluation(
  { args, models, evalDatasets, namesLosses, lossFor, evaluators }: RunSetup,
  { source }: RunParts,
  { state, precision, onBatch }: {
    state: TrainerState;
    precision: Precision;
    onBatch?: (place: EvaluationPlace) => Promise<void>;
  },
): Promise<Record<string, number>> {
  return await evaluate({
    maker: source.maker,
    models,
    datasets: evalDatasets,
    namesLosses,
    lossFor,
    evaluators,
    batchSize: args.perDeviceEvalBatchSize,
    dropLast: args.dataloaderDropLast,
    accumulationSteps: args.evalAccumulationSteps,
    precision,
    csvDirectory: join(args.outputDir, "eval"),
    epoch: state.epoch,
    step: state.globalStep,
    onBatch,
  });
}
