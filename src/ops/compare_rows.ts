/**
 * Similarities and distances of rows in pairs.
 *
 * @module
 */
import source from "../../shaders/compare_rows.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** How two rows are compared. */
export type RowMeasure = "cosine" | "dot" | "angle" | "euclidean" | "manhattan";

/** Arguments of {@linkcode compareRows}. */
export interface CompareRowsInputs {
  /** [A, C], C a multiple of 4, for angles of 8. */
  a: Tensor;
  /** [N A, C]; row r is compared with row r modulo A of `a`. */
  b: Tensor;
  /** How rows are compared. */
  measure: RowMeasure;
  /**
   * The least length that a row is divided by, for cosines and angles; what is added to every
   * difference, for distances. Default: 1e-12 and 0.
   */
  epsilon?: number;
  /** Factor of the measure. Default: 1. */
  factor?: number;
  /** Added to the measure, after the factor. Default: 0. */
  shift?: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

const FORWARD = new RowKernel({ name: "compare_rows", source, entryPoint: "forward" });
const BACKWARD_A = new Kernel({ name: "compare_rows", source, entryPoint: "backward_a" });
const BACKWARD_B = new Kernel({ name: "compare_rows", source, entryPoint: "backward_b" });
const MEASURES: Readonly<Record<RowMeasure, number>> = {
  cosine: 0,
  dot: 1,
  angle: 2,
  euclidean: 3,
  manhattan: 4,
};

/**
 * y[r] = shift + factor m(a[r % A], b[r]).
 *
 * `"cosine"` is a . b / (|a| |b|), `"dot"` a . b, `"euclidean"` |a - b|, `"manhattan"` the sum of
 * |a - b|. `"angle"` takes the halves of a row for the real and the imaginary parts of complex numbers
 * and gives |sum of both parts of a / b| / (|a| / |b|), as the reference code of AnglE does. A length
 * below `epsilon` counts as `epsilon`, without a gradient of its own, so that a row of zeros has
 * similarity 0; a Euclidean distance of 0 has gradient 0.
 *
 * Saves both operands and four numbers a row; memory grows with the rows. Sources:
 * `torch.cosine_similarity`, `torch.nn.functional.pairwise_distance`,
 * `sentence_transformers.util.pairwise_angle_sim`; Li and Li, "AnglE-optimized Text Embeddings", 2023.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands and the measure.
 * @returns y, [N A].
 * @throws {TypeError} If shapes disagree.
 */
export function compareRows(tape: Tape, inputs: CompareRowsInputs): Tensor {
  const { a, b, measure, factor = 1, shift = 0, lanes } = inputs;
  const { gpu } = tape;
  const quads = checkRows(inputs);
  const { epsilon = MEASURES[measure] < MEASURES.euclidean ? 1e-12 : 0 } = inputs;
  const y = tape.empty([b.rows], measure);
  const state = tape.empty([b.rows, 4], "compared rows");
  const params = {
    anchors: a.rows,
    rows: b.rows,
    quads,
    measure: MEASURES[measure],
    accumulate: 0,
    epsilon,
    factor,
    shift,
  };
  FORWARD.dispatch(gpu, { tensors: { a, b, y, state }, params, rows: b.rows, lanes });
  tape.record(y, [a, b], [a, b, state], (dY) => {
    for (
      const [operand, kernel, name] of [[a, BACKWARD_A, "d_a"], [b, BACKWARD_B, "d_b"]] as const
    ) {
      const slot = tape.slot(operand);
      if (slot === null) continue;
      gpu.recorder.dispatch(kernel, {
        tensors: { a, b, saved: state, d_y: dY, [name]: slot.gradient },
        params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
        workgroups: foldWorkgroups(Math.ceil(operand.rows * quads / 64)),
      });
    }
  });
  return y;
}

/** Returns vectors of four in a row. */
function checkRows({ a, b, measure }: CompareRowsInputs): number {
  checkShape("compareRows", "b", b, [b.rows, a.columns]);
  if (b.rows % a.rows !== 0) {
    throw new TypeError(
      `Cannot run compareRows: found ${b.rows} rows of b for ${a.rows} rows of a, wanted as many or a multiple`,
    );
  }
  const quads = quadsOf("compareRows", a);
  if (measure === "angle" && quads % 2 !== 0) {
    throw new TypeError(
      `Cannot run compareRows on "${a.label}": found rows of ${a.columns} columns, wanted a multiple of 8 for angles`,
    );
  }
  return quads;
}
