/**
 * How much closer positives are than negatives, against a margin.
 *
 * @module
 */
import source from "../../shaders/margin_loss.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "margin_loss", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "margin_loss", source, entryPoint: "backward" });

/**
 * loss = mean over i of relu(p_i - n_i + margin), or of log(1 + exp(p_i - n_i)) with a soft margin.
 *
 * Saves the distances. Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person
 * Re-Identification", 2017.
 *
 * @param tape Runs and records the op.
 * @param distances [2 B]: p, then n.
 * @param margin How much farther negatives must be; null for the soft margin.
 * @returns The loss, a scalar.
 * @throws {TypeError} If the number of distances is odd.
 */
export function marginLoss(tape: Tape, distances: Tensor, margin: number | null): Tensor {
  const { recorder } = tape.gpu;
  const { size } = distances;
  if (size % 2 !== 0) {
    throw new TypeError(
      `Cannot run marginLoss on "${distances.label}": found ${size} distances, wanted one to a positive and one to a negative each`,
    );
  }
  const pairs = size / 2;
  const params = { pairs, soft: margin === null ? 1 : 0, accumulate: 0, margin: margin ?? 0 };
  const loss = tape.empty([], "loss");
  recorder.dispatch(FORWARD, { tensors: { distances, loss }, params, workgroups: [1] });
  tape.record(loss, [distances], [distances], (dLoss) => {
    const slot = tape.slot(distances);
    if (slot === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { distances, d_loss: dLoss, d_distances: slot.gradient },
      params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(pairs / 64)),
    });
  });
  return loss;
}
