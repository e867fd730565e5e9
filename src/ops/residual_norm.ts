/**
 * The end of a branch of a post-norm layer: dropout, residual sum, layer normalisation.
 *
 * @module
 */
import source from "../../shaders/residual_norm.wgsl" with { type: "text" };
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { dropoutParams } from "./dropout.ts";
import { addNormGradients, withVector } from "./layer_norm.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode residualNorm}. */
export interface ResidualNormInputs {
  /** [T, C], C a multiple of 4: what goes past the branch. */
  residual: Tensor;
  /** [T, C]: what the branch gives; another tensor than `residual`. */
  branch: Tensor;
  /** [C] */
  gain: Tensor;
  /** [C]. Default: zeros. */
  bias?: Tensor;
  /** Added to the variance. */
  epsilon: number;
  /** Probability of dropping an element of the branch, in [0, 1). Default: 0. */
  dropout?: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

const init = (entryPoint: string) => ({ name: "residual_norm", source, entryPoint });
const FORWARD = new RowKernel(init("forward"));
const BACKWARD = new RowKernel(init("backward"));

/**
 * y = layerNorm(residual + dropout(branch)), in one pass each way.
 *
 * Saves the sum and two numbers a row. Which elements are dropped is what {@linkcode dropout} would drop in
 * its place. Source: `BertSelfOutput` and `BertOutput` of transformers; see {@linkcode layerNorm}.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [T, C].
 * @throws {TypeError} If shapes disagree, or both tensors are one.
 * @throws {RangeError} If the probability is outside [0, 1).
 */
export function residualNorm(tape: Tape, inputs: ResidualNormInputs): Tensor {
  const { gpu } = tape;
  const { residual, branch, gain, bias, epsilon, dropout = 0, lanes } = inputs;
  const [rows, columns] = [residual.rows, residual.columns];
  if (residual === branch) {
    throw new TypeError("Cannot run residualNorm: residual and branch are one tensor, wanted two");
  }
  checkShape("residualNorm", "branch", branch, residual.shape);
  checkShape("residualNorm", "gain", gain, [columns]);
  if (bias !== undefined) checkShape("residualNorm", "bias", bias, [columns]);
  const drops = dropoutParams(tape, "residualNorm", dropout);
  const params = {
    ...drops,
    rows,
    quads: quadsOf("residualNorm", residual),
    epsilon,
    accumulate_residual: 0,
    accumulate_branch: 0,
  };
  const sum = tape.empty(residual.shape, `${residual.label} + ${branch.label}`);
  const y = tape.empty(residual.shape, gain.label);
  const statistics = tape.empty([rows, 2], "row statistics");
  withVector(tape, bias, columns, (bias) => {
    const tensors = { residual, branch, gain, bias, sum, y, statistics };
    FORWARD.dispatch(gpu, { tensors, params, rows, lanes });
  });
  const tracked = [residual, branch, gain, ...(bias === undefined ? [] : [bias])];
  tape.record(y, tracked, [sum, statistics], (dY) => {
    const [toResidual, toBranch] = [tape.slot(residual), tape.slot(branch)];
    if (toResidual !== null || toBranch !== null) {
      withGradient(
        tape,
        toResidual?.gradient,
        residual.shape,
        (d_residual) =>
          withGradient(
            tape,
            toBranch?.gradient,
            residual.shape,
            (d_branch) =>
              BACKWARD.dispatch(gpu, {
                tensors: {
                  ...{ branch, gain, saved: statistics, saved_sum: sum, d_y: dY },
                  ...{ d_residual, d_branch },
                },
                params: {
                  ...params,
                  accumulate_residual: toResidual?.accumulate ? 1 : 0,
                  accumulate_branch: toBranch?.accumulate ? 1 : 0,
                },
                rows,
                lanes,
              }),
          ),
      );
    }
    addNormGradients(tape, { x: sum, statistics, dY, gain, bias });
  });
  return y;
}

/** Runs `use` with a gradient, or with room for one that nobody wants. */
function withGradient(
  tape: Tape,
  gradient: Tensor | undefined,
  shape: readonly number[],
  use: (gradient: Tensor) => void,
): void {
  if (gradient !== undefined) use(gradient);
  else tape.temporary(shape, "an unwanted gradient", use);
}
