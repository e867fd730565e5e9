/**
 * What tests put into a training run to see or change its course.
 *
 * @module
 */
import type { Evaluator } from "../../src/evaluators/evaluator.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import type { EmbeddedBatch } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { Tape } from "../../src/ops/tape.ts";
import type { TrainerCallback } from "../../src/train/callbacks/callback.ts";
import { MOMENTS } from "./callbacks/simulated_run.ts";

/** A callback that writes the name of every moment into a list. */
export function momentsInto(list: string[]): TrainerCallback {
  const callback: Record<string, unknown> = { name: "moments" };
  for (const moment of Object.keys(MOMENTS)) callback[moment] = () => void list.push(moment);
  return callback as TrainerCallback;
}

/** An evaluator whose metric `score` takes the given values, one an evaluation. */
export function scores(values: readonly number[]): Evaluator {
  let evaluations = 0;
  return {
    name: "",
    primaryMetric: "score",
    greaterIsBetter: true,
    csvFile: "scores.csv",
    csvHeader: ["score"],
    evaluate: () => {
      const score = values[evaluations++];
      if (score === undefined) throw new Error(`evaluation ${evaluations} was not foreseen`);
      return Promise.resolve({ metrics: { score }, csvRow: [score] });
    },
  };
}

/** The ranking loss; in some of the batches loss and gradient are infinite. */
export class OverflowingLoss extends MultipleNegativesRankingLoss {
  #batches = 0;
  readonly #at: readonly number[];

  /** Batches of training and evaluation are counted from 1. */
  constructor(...at: number[]) {
    super();
    this.#at = at;
  }

  /** The loss. */
  override forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const value = super.forward(tape, batch);
    if (!this.#at.includes(++this.#batches)) return value;
    const { gpu } = tape;
    const infinite = tape.empty([], "infinite loss");
    gpu.recorder.copy(gpu.constant(Infinity), infinite);
    tape.record(infinite, [value], [], () => {
      gpu.recorder.copy(gpu.constant(Infinity), tape.slot(value)!.gradient);
    });
    return infinite;
  }
}

/** The text of the error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "no failure", (error) => String(error));
}
