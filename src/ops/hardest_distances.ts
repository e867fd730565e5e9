/**
 * How far every row is from its farthest positive and its nearest negative.
 *
 * @module
 */
import source from "../../shaders/hardest_distances.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { RowDistances, type RowDistancesInputs } from "./row_distances.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new RowKernel({ name: "hardest_distances", source, entryPoint: "forward" });
const WEIGHTS = new Kernel({ name: "hardest_distances", source, entryPoint: "weights" });

/** Arguments of {@linkcode hardestDistances}. */
export interface HardestDistancesInputs extends RowDistancesInputs {
  /** Threads that share a row of distances. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * For each of B rows, in the order of their classes: the greatest distance from another row of its class,
 * 0 for the only one, and the least distance from a row of another class; where all are of one class, the
 * former again, so that the two cancel in a difference.
 *
 * Distances are those of {@linkcode RowDistances}, computed anew for backward; the gradient goes to the
 * chosen pairs alone. Saves a sorted copy of the rows and the choices. Source: Hermans, Beyer and Leibe,
 * "In Defense of the Triplet Loss for Person Re-Identification", 2017.
 *
 * @param tape Runs and records the op.
 * @param inputs Rows, classes and distance.
 * @returns Farthest positives, then nearest negatives: [2, B].
 * @throws {TypeError} If shapes disagree.
 */
export function hardestDistances(tape: Tape, inputs: HardestDistancesInputs): Tensor {
  const { gpu } = tape;
  const all = new RowDistances(tape, inputs);
  const { rows, spans } = all;
  const hardest = tape.empty([2, rows], "hardest distances");
  const columns = tape.empty([rows, 2], "hardest columns", "u32");
  all.eachBlock(({ row, blockRows, distances }) =>
    FORWARD.dispatch(gpu, {
      tensors: { distances, spans, hardest, columns },
      params: { rows, row, block_rows: blockRows },
      rows: blockRows,
      lanes: inputs.lanes,
    })
  );
  tape.record(
    hardest,
    [inputs.x],
    [...all.saved, columns],
    (dHardest) =>
      all.addGradient(({ row, blockRows }, weights) =>
        gpu.recorder.dispatch(WEIGHTS, {
          tensors: { known_columns: columns, d_hardest: dHardest, d_distances: weights },
          params: { rows, row, block_rows: blockRows },
          workgroups: foldWorkgroups(Math.ceil(blockRows * rows / 64)),
        })
      ),
  );
  return hardest;
}
