/**
 * An evaluation in the course of a run.
 *
 * @module
 */
import { join } from "@std/path";
import type { OutputError } from "../errors.ts";
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
 * @param options Where the run stands, how the operands of linear layers are stored, who is told of every
 *   batch and of CSV files that cannot be written, and what may end the evaluation.
 * @returns Metrics with upstream's keys.
 */
export async function runEvaluation(
  { args, models, evalDatasets, namesLosses, lossFor, evaluators, group }: RunSetup,
  { source }: RunParts,
  { state, precision, onBatch, onUnwritten, heed }: {
    state: TrainerState;
    precision: Precision;
    onBatch?: (place: EvaluationPlace) => Promise<void>;
    onUnwritten?: (error: OutputError) => void;
    heed?: () => void;
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
    group,
    csvDirectory: group === null || group.isMain ? join(args.outputDir, "eval") : null,
    epoch: state.epoch,
    step: state.globalStep,
    onBatch,
    onUnwritten,
    heed,
  });
}
