/**
 * Losses over triplets that are found within a batch.
 *
 * @module
 */
import source from "../../shaders/triplet_sums.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { RowDistances, type RowDistancesInputs } from "./row_distances.ts";
import type { Tape } from "./tape.ts";

/** Which triplets count: all, or one negative for each positive. */
export type TripletChoice = "all" | "semi_hard";

/** Arguments of {@linkcode tripletSums}. */
export interface TripletSumsInputs extends RowDistancesInputs {
  /** Which triplets count. */
  triplets: TripletChoice;
  /** How much farther negatives must be than positives. */
  margin: number;
}

const kernel = (entryPoint: string) => new Kernel({ name: "triplet_sums", source, entryPoint });
const FORWARD = { all: kernel("sum_all"), semi_hard: kernel("sum_semi_hard") };
const WEIGHTS = { all: kernel("all_weights"), semi_hard: kernel("semi_hard_weights") };
const TOTAL = kernel("total");

/**
 * loss = sum of relu(d(r, p) - d(r, n) + margin) / divisor, over rows r, positives p (other rows of their
 * class) and negatives n (rows of other classes).
 *
 * - `"all"`: over all such triplets; the divisor is the number of those above 0.
 * - `"semi_hard"`: for each (r, p) over one negative, the nearest that is farther than p, else the
 *   farthest of all, else a distance of 0; the divisor is the number of (r, p).
 *
 * A divisor of 0 gives 0. Distances are those of {@linkcode RowDistances}, computed anew for backward;
 * memory grows with the rows, time with the number of triplets. Saves a sorted copy of the rows and the
 * divisor. Sources: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person
 * Re-Identification", 2017; Schroff, Kalenichenko and Philbin, "FaceNet", 2015.
 *
 * @param tape Runs and records the op.
 * @param inputs Rows, classes, distance and which triplets count.
 * @returns The loss, a scalar.
 * @throws {TypeError} If shapes disagree.
 */
export function tripletSums(tape: Tape, inputs: TripletSumsInputs): Tensor {
  const { triplets, margin } = inputs;
  const { recorder } = tape.gpu;
  const all = new RowDistances(tape, inputs);
  const { rows, spans } = all;
  const loss = tape.empty([], "loss");
  const divisor = tape.empty([], "divisor");
  const params = { rows, row: 0, margin };
  tape.temporary([rows, 2], "sums of rows", (sums) => {
    all.eachBlock(({ row, blockRows, distances }) =>
      recorder.dispatch(FORWARD[triplets], {
        tensors: { distances, spans, row_sums: sums },
        params: { ...params, row },
        workgroups: foldWorkgroups(blockRows),
      })
    );
    recorder.dispatch(TOTAL, { tensors: { sums, loss, divisor }, params, workgroups: [1] });
  });
  tape.record(
    loss,
    [inputs.x],
    [...all.saved, divisor],
    (dLoss) =>
      all.addGradient(({ row, blockRows, distances }, weights) =>
        recorder.dispatch(WEIGHTS[triplets], {
          tensors: {
            distances,
            spans,
            known_divisor: divisor,
            d_loss: dLoss,
            d_distances: weights,
          },
          params: { ...params, row },
          workgroups: foldWorkgroups(blockRows),
        })
      ),
  );
  return loss;
}
