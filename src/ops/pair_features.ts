/**
 * What a classifier of pairs looks at.
 *
 * @module
 */
import source from "../../shaders/pair_features.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "pair_features", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "pair_features", source, entryPoint: "backward" });

/** Arguments of {@linkcode pairFeatures}; at least one part is wanted. */
export interface PairFeaturesInputs {
  /** [2 B, C], C a multiple of 4: the first rows u of all pairs, then the second rows v. */
  x: Tensor;
  /** Whether u and v are parts. */
  both: boolean;
  /** Whether |u - v| is one. */
  difference: boolean;
  /** Whether u * v is one. */
  product: boolean;
}

/**
 * y = the wanted ones of [u, v, |u - v|, u * v] side by side. Saves `x`.
 *
 * Source: Reimers and Gurevych, "Sentence-BERT", 2019, section 3.
 *
 * @param tape Runs and records the op.
 * @param inputs The pairs and the parts.
 * @returns y, [B, P C] with P the number of parts.
 * @throws {RangeError} If no part is wanted, or the number of rows is odd.
 */
export function pairFeatures(tape: Tape, inputs: PairFeaturesInputs): Tensor {
  const { recorder } = tape.gpu;
  const { x, both, difference, product } = inputs;
  const width = quadsOf("pairFeatures", x);
  const parts = (both ? 2 : 0) + (difference ? 1 : 0) + (product ? 1 : 0);
  if (parts === 0 || x.rows % 2 !== 0) {
    throw new RangeError(
      `Cannot run pairFeatures on "${x.label}": found ${x.rows} rows and ${parts} parts, wanted an even number and at least one`,
    );
  }
  const rows = x.rows / 2;
  const params = {
    rows,
    width,
    parts,
    both: Number(both),
    difference: Number(difference),
    product: Number(product),
    accumulate: 0,
  };
  const workgroups = foldWorkgroups(Math.ceil(rows * width / 64));
  const y = tape.empty([rows, parts * x.columns], "pair features");
  recorder.dispatch(FORWARD, { tensors: { x, y }, params, workgroups });
  tape.record(y, [x], [x], (dY) => {
    const dX = tape.slot(x);
    if (dX === null) return;
    recorder.dispatch(BACKWARD, {
      tensors: { x, d_y: dY, d_x: dX.gradient },
      params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return y;
}
